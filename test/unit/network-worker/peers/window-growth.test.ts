/** Who is asked for blocks so that the next one comes at once: whom, when, how often, and for which. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Connection } from '@libp2p/interface'
import fc from 'fast-check'
import pino from 'pino'
import { KEPT_MS } from '../../../../src/network-worker/host/congestion/grown-window.ts'
import { newPeerRecord, type PeerRecord } from '../../../../src/network-worker/peers/peer-record.ts'
import { ASKED_SLOTS, newestSlots, WindowGrowth } from '../../../../src/network-worker/peers/window-growth.ts'
import type { SlotRange } from '../../../../src/network-worker/recent/object-requests.ts'
import { ReqRespError, type ReqRespErrorKind } from '../../../../src/network-worker/reqresp/reqresp-error.ts'
import { FakeClock } from '../../../support/fake-clock.ts'
import { statusOf } from '../chain/status-of.ts'

const SLOT_MS = 12_000
const QUIET_FROM_MS = 10_000
const HEAD_SLOT = 1_000
const BLOCKS_BYTES = 500_000

/** Peers of the block's mesh that have been greeted; answers come when the test says so, or at once. */
class Scene {
  readonly clock = new FakeClock(HEAD_SLOT * SLOT_MS)
  readonly records = new Map<string, PeerRecord>()
  readonly asked: { readonly peerId: string; readonly range: SlotRange; readonly atMs: number }[] = []
  /** By peer; of others nothing is known. */
  readonly isWide = new Map<string, boolean>()
  answer: () => Promise<number> = () => Promise.resolve(BLOCKS_BYTES)
  readonly growth = new WindowGrowth({
    host: { getConnections: () => [...this.records.values()].map(connectionOf) },
    reqResp: {
      swallowBlocks: (peerId, range) => {
        this.asked.push({ peerId, range, atMs: this.clock.monotonicMs() })
        return this.answer()
      },
    },
    registry: { get: (peerId) => this.records.get(peerId) },
    blockPeers: () => [...this.records.keys()],
    windowsOf: ({ remotePeer }) => {
      const isTheirsWide = this.isWide.get(remotePeer.toString())
      return isTheirsWide === undefined ? undefined : { isTheirsWide }
    },
    slotClock: {
      currentSlot: () => Math.floor(this.clock.nowMs() / SLOT_MS),
      msIntoSlot: () => this.clock.nowMs() % SLOT_MS,
    },
    slotDurationMs: SLOT_MS,
    clock: this.clock,
    log: pino({ level: 'silent' }),
  })

  add(peerId: string, isWide?: boolean): PeerRecord {
    const record = newPeerRecord(peerId, '/ip4/10.0.0.1/tcp/9000', 'outbound')
    Object.assign(record, { state: 'connected', greeted: true, status: statusOf(30, HEAD_SLOT), connectedAtMs: 1 })
    this.records.set(peerId, record)
    if (isWide !== undefined) this.isWide.set(peerId, isWide)
    return record
  }

  /** Lets time pass, and what was answered be taken, late in each slot. */
  async slots(count: number): Promise<void> {
    for (let slot = 0; slot < count; slot++) {
      this.clock.advance(QUIET_FROM_MS)
      await settled()
      this.clock.advance(SLOT_MS - QUIET_FROM_MS)
      await settled()
    }
  }
}

const connectionOf = ({ peerId }: PeerRecord): Connection =>
  ({ status: 'open', remotePeer: { toString: () => peerId } }) as unknown as Connection

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

function started(): Scene {
  const scene = new Scene()
  scene.growth.start()
  return scene
}

test('a peer of the mesh is asked late in the slot for its newest eight slots, and once', async () => {
  const scene = started()
  scene.add('new', false)
  scene.clock.advance(QUIET_FROM_MS - 1)
  assert.deepEqual(scene.asked, [])
  scene.clock.advance(1)
  const range = { startSlot: HEAD_SLOT - ASKED_SLOTS + 1, count: ASKED_SLOTS }
  assert.deepEqual(scene.asked, [{ peerId: 'new', range, atMs: QUIET_FROM_MS }])
  await scene.slots(5)
  assert.equal(scene.asked.length, 1)
  assert.deepEqual(scene.growth.counts, {
    outcomes: { answered: 1, empty: 0, unsupported: 0, failed: 0 },
    bytes: BLOCKS_BYTES,
  })
})

test('a peer from which most of a block came at once lately is not asked, until that is long ago', async () => {
  const scene = started()
  scene.add('known', true)
  await scene.slots(3)
  assert.equal(scene.asked.length, 0)
  scene.isWide.set('known', false)
  await scene.slots(1)
  assert.equal(scene.asked.length, 1)
})

test('one whose window closed again is asked after ten minutes, one of which nothing is known never again', async () => {
  const scene = started()
  scene.add('tcp', false)
  scene.add('quic')
  await scene.slots(KEPT_MS / SLOT_MS)
  assert.deepEqual(
    scene.asked.map(({ peerId }) => peerId),
    ['tcp', 'quic'],
  )
  await scene.slots(1)
  assert.deepEqual(
    scene.asked.map(({ peerId }) => peerId),
    ['tcp', 'quic', 'tcp'],
  )
})

test('a peer that left and came back is asked again: its window is a new one', async () => {
  const scene = started()
  const record = scene.add('restless')
  await scene.slots(1)
  record.connectedAtMs += SLOT_MS
  await scene.slots(1)
  assert.equal(scene.asked.length, 2)
})

test('nobody is asked who was not greeted, is leaving, told no head, or has no blocks that we could ask for', async () => {
  const scene = started()
  scene.add('not greeted').greeted = false
  scene.add('leaving').state = 'disconnecting'
  scene.add('silent').status = undefined
  scene.add('new').status = statusOf(0, 0)
  await scene.slots(2)
  assert.deepEqual(scene.asked, [])
})

test('four are asked at once, and who is left when the slot ends waits for the next one', async () => {
  const scene = started()
  const answers: (() => void)[] = []
  scene.answer = () => new Promise((resolve) => answers.push(() => resolve(BLOCKS_BYTES)))
  for (let peer = 0; peer < 7; peer++) scene.add(`${peer}`, false)
  scene.clock.advance(QUIET_FROM_MS)
  assert.equal(scene.asked.length, 4)
  answers.shift()?.()
  await settled()
  assert.equal(scene.asked.length, 5)
  scene.clock.advance(SLOT_MS - QUIET_FROM_MS)
  for (const answer of answers) answer()
  await settled()
  assert.equal(scene.asked.length, 5)
  scene.clock.advance(QUIET_FROM_MS)
  assert.deepEqual(
    scene.asked.map(({ peerId }) => peerId),
    ['0', '1', '2', '3', '4', '5', '6'],
  )
})

test('a round that outlasts its slot has none beside it', async () => {
  const scene = started()
  scene.answer = () => new Promise(() => undefined)
  scene.add('slow', false)
  await scene.slots(1)
  scene.add('next', false)
  await scene.slots(2)
  assert.equal(scene.asked.length, 1)
})

for (const [kind, outcome] of [
  ['unsupported', 'unsupported'],
  ['timeout', 'failed'],
  ['error_response', 'failed'],
] as const satisfies readonly [ReqRespErrorKind, string][]) {
  test(`a request that ends as ${kind} is counted as ${outcome}, and the next peer is asked`, async () => {
    const scene = started()
    scene.answer = () => Promise.reject(new ReqRespError(kind, 'beacon_blocks_by_range', 'no'))
    for (let peer = 0; peer < 6; peer++) scene.add(`${peer}`)
    await scene.slots(1)
    const { outcomes, bytes } = scene.growth.counts
    assert.deepEqual([scene.asked.length, outcomes[outcome], bytes], [6, 6, 0])
  })
}

test('an answer without blocks is counted as such', async () => {
  const scene = started()
  scene.answer = () => Promise.resolve(0)
  scene.add('empty')
  await scene.slots(1)
  assert.equal(scene.growth.counts.outcomes['empty'], 1)
})

test('after stop nothing is asked, and no timer is left', async () => {
  const scene = started()
  scene.add('new')
  scene.growth.stop()
  await scene.slots(2)
  assert.deepEqual([scene.asked, scene.clock.pending], [[], 0])
})

test('a range has slots that the peer has and that have been, eight at most', () => {
  const slots = fc.record({
    headSlot: fc.nat({ max: 40 }),
    earliestAvailableSlot: fc.option(fc.nat({ max: 40 }), { nil: undefined }),
    currentSlot: fc.integer({ min: -3, max: 40 }),
  })
  fc.assert(
    fc.property(slots, ({ headSlot, earliestAvailableSlot, currentSlot }) => {
      const range = newestSlots({ ...statusOf(0, headSlot), earliestAvailableSlot }, currentSlot)
      const lastSlot = Math.min(headSlot, currentSlot)
      if (range === undefined) {
        assert.ok(lastSlot < Math.max(1, earliestAvailableSlot ?? 1))
        return
      }
      const { startSlot, count } = range
      assert.equal(startSlot + count - 1, lastSlot)
      assert.ok(count >= 1 && count <= ASKED_SLOTS && startSlot >= Math.max(1, earliestAvailableSlot ?? 1))
    }),
  )
})
