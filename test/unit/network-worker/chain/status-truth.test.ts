import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createForkSchedule } from '../../../../src/consensus/fork-schedule.ts'
import { createSlotClock } from '../../../../src/consensus/slot-clock.ts'
import { ZERO_ROOT_HEX } from '../../../../src/network-worker/chain/status-quorum.ts'
import { StatusTruth } from '../../../../src/network-worker/chain/status-truth.ts'
import type { Status } from '../../../../src/network-worker/reqresp/types.ts'
import { FakeClock } from '../../../support/fake-clock.ts'
import { smallNetwork } from '../small-network.ts'
import { root, statusOf } from './status-of.ts'

const NETWORK = smallNetwork({ blobSchedule: [{ epoch: 30, maxBlobsPerBlock: 12 }] })
const { slotDurationMs, slotsPerEpoch } = NETWORK

/** The truth at slot `slot`, and a way for the peers of three groups to say the same. */
function scene(slot: number) {
  const clock = new FakeClock(NETWORK.genesisTimeSeconds * 1000 + slot * slotDurationMs)
  const schedule = createForkSchedule(NETWORK)
  const truth = new StatusTruth({ schedule, slotClock: createSlotClock(NETWORK, clock) })
  const say = (...statuses: readonly Status[]): void => {
    for (const [index, status] of statuses.entries()) truth.vote(`peer ${index}`, `group ${index}`, status)
  }
  return { clock, schedule, truth, say, agree: (status: Status) => say(status, status, status) }
}

const KNOWS_NOTHING = { finalizedEpoch: 0, finalizedRootHex: ZERO_ROOT_HEX, headSlot: 0, headRootHex: ZERO_ROOT_HEX }

function pick({ finalizedEpoch, finalizedRootHex, headSlot, headRootHex }: Status) {
  return { finalizedEpoch, finalizedRootHex, headSlot, headRootHex }
}

test('without a quorum we know nothing: zero roots, epoch 0, slot 0', () => {
  const { truth, say } = scene(100)
  assert.deepEqual(pick(truth.status()), KNOWS_NOTHING)
  say(statusOf(10, 100), statusOf(10, 100))
  assert.deepEqual(pick(truth.status()), KNOWS_NOTHING)
})

test('what a quorum agrees on is told once the chain has moved on by one finalization', () => {
  const { truth, agree } = scene(100)
  agree(statusOf(10, 99))
  assert.deepEqual(pick(truth.status()), KNOWS_NOTHING)
  agree(statusOf(11, 100))
  assert.deepEqual(pick(truth.status()), {
    finalizedEpoch: 10,
    finalizedRootHex: root(10),
    headSlot: 100,
    headRootHex: root(100),
  })
})

test('the same checkpoint told again is no progress', () => {
  const { truth, agree } = scene(100)
  agree(statusOf(10, 99))
  agree(statusOf(10, 100))
  assert.equal(truth.status().finalizedEpoch, 0)
})

test('the head is the lowest of those who agree', () => {
  const { truth, agree, say } = scene(104)
  agree(statusOf(10, 99))
  say(statusOf(11, 104), statusOf(11, 101), statusOf(11, 103))
  assert.equal(truth.status().headSlot, 101)
})

test('a head of the future is told as the current slot', () => {
  const { truth, agree } = scene(100)
  agree(statusOf(10, 99))
  agree(statusOf(11, 101))
  assert.equal(truth.status().headSlot, 100)
})

test('a peer whose head lies before its own finalized checkpoint has no vote', () => {
  const { truth, agree, say } = scene(200)
  agree(statusOf(20, 170))
  say(statusOf(21, 180), statusOf(21, 181), statusOf(21, 21 * slotsPerEpoch - 1))
  assert.equal(truth.status().finalizedEpoch, 0)
  truth.vote('peer 3', 'group 3', statusOf(21, 182))
  assert.deepEqual([truth.status().finalizedEpoch, truth.status().headSlot], [20, 180])
})

test('a checkpoint of an epoch that is not over is no vote', () => {
  const { truth, agree } = scene(100) // epoch 12
  agree(statusOf(10, 99))
  agree(statusOf(12, 100))
  agree(statusOf(13, 104))
  assert.equal(truth.status().finalizedEpoch, 0)
})

test('liars who came first are forgotten when the others outvote them', () => {
  const { truth, agree } = scene(200) // epoch 25
  const honest = (status: Status): void => {
    for (let peer = 0; peer < 5; peer++) truth.vote(`honest ${peer}`, `network ${peer}`, status)
  }
  agree(statusOf(20, 170, { finalizedRootHex: root(0xee) }))
  honest(statusOf(20, 175))
  honest(statusOf(21, 180))
  assert.equal(truth.status().finalizedRootHex, root(20))
  // Alone again they are told of by nobody, and what is told never goes back.
  agree(statusOf(24, 199, { finalizedRootHex: root(0xee) }))
  assert.deepEqual([truth.status().finalizedEpoch, truth.status().finalizedRootHex], [20, root(20)])
})

test('a root that was told and that most call another is told no longer', () => {
  const { truth, agree } = scene(200)
  agree(statusOf(20, 170, { finalizedRootHex: root(0xee) }))
  agree(statusOf(21, 180, { finalizedRootHex: root(0xef) }))
  assert.equal(truth.status().finalizedRootHex, root(0xee))
  for (let peer = 0; peer < 5; peer++) truth.vote(`honest ${peer}`, `network ${peer}`, statusOf(20, 170))
  assert.deepEqual(pick(truth.status()), KNOWS_NOTHING)
  for (let peer = 0; peer < 5; peer++) truth.vote(`honest ${peer}`, `network ${peer}`, statusOf(21, 180))
  assert.deepEqual([truth.status().finalizedEpoch, truth.status().finalizedRootHex], [20, root(20)])
})

test('liars who came first, far ahead of everybody: what was told by them is taken back', () => {
  const { truth, agree } = scene(400)
  agree(statusOf(40, 340, { finalizedRootHex: root(0xee) }))
  agree(statusOf(41, 350, { finalizedRootHex: root(0xef) }))
  assert.equal(truth.status().finalizedEpoch, 40)
  for (let peer = 0; peer < 4; peer++) truth.vote(`honest ${peer}`, `network ${peer}`, statusOf(20, 170))
  assert.deepEqual(pick(truth.status()), KNOWS_NOTHING)
})

test('when the voters for newer checkpoints leave, neither finality nor the head goes back before it', () => {
  const { truth, agree, say } = scene(200)
  agree(statusOf(20, 170))
  agree(statusOf(21, 180))
  say(statusOf(5, 50), statusOf(5, 50), statusOf(5, 50))
  const { finalizedEpoch, headSlot } = truth.status()
  assert.equal(finalizedEpoch, 20)
  assert.ok(headSlot >= finalizedEpoch * slotsPerEpoch, `head ${headSlot}`)
})

test('the digest is that of the wall clock and changes at the boundary', () => {
  const boundary = 30 * slotsPerEpoch
  const { truth, clock, schedule } = scene(boundary - 1)
  assert.equal(truth.status().forkDigestHex, schedule.at(0).digestHex)
  clock.advance(slotDurationMs)
  assert.equal(truth.status().forkDigestHex, schedule.at(30).digestHex)
  assert.notEqual(schedule.at(0).digestHex, schedule.at(30).digestHex)
})

test('before genesis the Status is that of slot 0', () => {
  const { truth, schedule } = scene(-50)
  assert.equal(truth.status().forkDigestHex, schedule.at(0).digestHex)
  assert.deepEqual(pick(truth.status()), KNOWS_NOTHING)
})

test('we serve nothing older than our head', () => {
  const { truth, agree } = scene(100)
  agree(statusOf(10, 99))
  agree(statusOf(11, 100))
  assert.equal(truth.status().earliestAvailableSlot, truth.status().headSlot)
})

test('a peer that left does not count, and one that votes again has one vote', () => {
  const { truth } = scene(100)
  for (const peer of ['a', 'b', 'c']) truth.vote(peer, peer, statusOf(9, 95))
  truth.forget('c')
  truth.vote('a', 'a', statusOf(10, 99))
  truth.vote('a', 'other address', statusOf(10, 99))
  truth.vote('b', 'b', statusOf(10, 99))
  assert.equal(truth.status().finalizedEpoch, 0)
  truth.vote('d', 'd', statusOf(10, 99))
  assert.equal(truth.status().finalizedEpoch, 9)
})

test('a vote counts for a quarter of an hour: who fell silent does not hold the others back', () => {
  const { truth, clock } = scene(4000)
  const behind = (peer: number): void => truth.vote(`silent ${peer}`, `silent ${peer}`, statusOf(2, 20))
  for (let peer = 0; peer < 9; peer++) behind(peer)
  const say = (epoch: number): void => {
    for (const peer of ['a', 'b', 'c']) truth.vote(peer, peer, statusOf(epoch, epoch * slotsPerEpoch + 9))
  }
  say(400)
  say(401)
  assert.equal(truth.status().finalizedEpoch, 0)
  clock.advance(15 * 60_000)
  say(402)
  say(403)
  assert.equal(truth.status().finalizedEpoch, 402)
})

test('of more than 1024 voters the oldest goes', () => {
  const { truth, agree } = scene(100)
  agree(statusOf(9, 90))
  truth.vote('first', 'x', statusOf(10, 99))
  for (let peer = 0; peer < 1023; peer++) truth.vote(`crowd ${peer}`, 'crowd', statusOf(0, 0))
  truth.vote('second', 'y', statusOf(10, 99))
  truth.vote('third', 'z', statusOf(10, 99))
  assert.equal(truth.status().finalizedEpoch, 0, 'the first voter for epoch 10 was to be dropped')
  truth.vote('first', 'x', statusOf(10, 99))
  assert.equal(truth.status().finalizedEpoch, 9)
})

test("the beacon node's word beats a quorum's, from the first one on", () => {
  const { truth, agree } = scene(400)
  agree(statusOf(10, 99))
  agree(statusOf(11, 100))
  assert.equal(truth.source, 'quorum')
  truth.believe({ finalized: { epoch: 45, rootHex: root(45) }, head: { slot: 399, rootHex: root(399) } })
  assert.equal(truth.source, 'beacon_node')
  assert.deepEqual(pick(truth.status()), {
    finalizedEpoch: 45,
    finalizedRootHex: root(45),
    headSlot: 399,
    headRootHex: root(399),
  })
})

test('a beacon node that fell silent is believed for two epochs, then the quorum again', () => {
  const { truth, agree, clock } = scene(400)
  truth.believe({ finalized: { epoch: 45, rootHex: root(45) }, head: { slot: 399, rootHex: root(399) } })
  agree(statusOf(10, 99))
  agree(statusOf(11, 100))
  clock.advance(2 * slotsPerEpoch * slotDurationMs)
  assert.equal(truth.source, 'beacon_node')
  clock.advance(slotsPerEpoch * slotDurationMs)
  assert.equal(truth.source, 'quorum')
  assert.equal(truth.status().finalizedEpoch, 10)
})

test('a head before its own finalized checkpoint is not believed', () => {
  const { truth } = scene(400)
  truth.believe({ finalized: { epoch: 45, rootHex: root(45) }, head: { slot: 1, rootHex: root(1) } })
  assert.equal(truth.source, 'none')
  assert.deepEqual(pick(truth.status()), KNOWS_NOTHING)
})

test('a finality of the future is not believed', () => {
  const { truth } = scene(400) // epoch 50
  truth.believe({ finalized: { epoch: 60, rootHex: root(60) }, head: { slot: 500, rootHex: root(1) } })
  assert.equal(truth.source, 'none')
})

test("the beacon node's head is never told before its slot", () => {
  const { truth } = scene(400)
  truth.believe({ finalized: { epoch: 45, rootHex: root(45) }, head: { slot: 402, rootHex: root(402) } })
  assert.equal(truth.status().headSlot, 400)
})
