import assert from 'node:assert/strict'
import { test } from 'node:test'
import pino from 'pino'
import { createForkSchedule, type ForkSchedule } from '../../../../../src/consensus/fork-schedule.ts'
import type { NetworkConfig } from '../../../../../src/consensus/network-config.ts'
import { createSlotClock } from '../../../../../src/consensus/slot-clock.ts'
import { Subscriptions } from '../../../../../src/network-worker/gossip/topics/subscriptions.ts'
import { TopicDirectory } from '../../../../../src/network-worker/gossip/topics/topic-directory.ts'
import type { WantedTopics } from '../../../../../src/network-worker/gossip/topics/wanted-topics.ts'
import { FakeClock } from '../../../../support/fake-clock.ts'
import { smallNetwork } from '../../small-network.ts'

const EPOCH_MS = 16_000
/** Digests change at epochs 2 (fulu), 3 and 4 (blob parameters). */
const NETWORK = smallNetwork({
  fuluEpoch: 2,
  blobSchedule: [
    { epoch: 3, maxBlobsPerBlock: 12 },
    { epoch: 4, maxBlobsPerBlock: 15 },
  ],
})
const BLOCKS: WantedTopics = {
  kinds: new Set(['beacon_block']),
  attestationSubnets: new Set(),
  custodyColumns: new Set(),
}

/** The clock whose wall time an operator, or NTP, can set. */
class SettableClock extends FakeClock {
  #offsetMs = 0

  override nowMs(): number {
    return super.nowMs() + this.#offsetMs
  }

  setForward(ms: number): void {
    this.#offsetMs += ms
  }
}

interface Scene {
  readonly clock: SettableClock
  readonly schedule: ForkSchedule
  readonly directory: TopicDirectory
  readonly subscriptions: Subscriptions
  /** What the router was told, in order. */
  readonly calls: string[]
  readonly epochs: number[]
  /** Topics the router is in. */
  readonly joined: Set<string>
  /** Index in the schedule of each digest with topics. */
  digests(): number[]
}

/** Subscriptions `beforeGenesisMs` ahead of genesis, or after it when negative. */
function scene(
  options: {
    readonly network?: NetworkConfig
    readonly beforeGenesisMs?: number
    readonly wantedAt?: (epoch: number) => WantedTopics
  } = {},
): Scene {
  const { network = NETWORK, beforeGenesisMs = 0, wantedAt = () => BLOCKS } = options
  const clock = new SettableClock(network.genesisTimeSeconds * 1000 - beforeGenesisMs)
  const schedule = createForkSchedule(network)
  const directory = new TopicDirectory()
  const calls: string[] = []
  const epochs: number[] = []
  const joined = new Set<string>()
  const subscriptions = new Subscriptions({
    schedule,
    slotClock: createSlotClock(network, clock),
    clock,
    log: pino({ level: 'silent' }),
    directory,
    subscriber: {
      join: ({ topic }) => {
        assert.ok(!joined.has(topic), `${topic} joined twice`)
        joined.add(topic)
        calls.push(`join ${topic}`)
      },
      leave: (topic) => {
        assert.ok(joined.delete(topic), `${topic} left without being in it`)
        calls.push(`leave ${topic}`)
      },
    },
    wantedAt,
    policyOf: () => 'blind',
    preset: 'mainnet',
    onEpoch: (epoch) => epochs.push(epoch),
  })
  return {
    clock,
    schedule,
    directory,
    subscriptions,
    calls,
    epochs,
    joined,
    digests: () => [
      ...new Set(directory.all().map(({ entry }) => schedule.entries.findIndex((row) => row.epoch === entry.epoch))),
    ],
  }
}

test('the network of this file has four digests', () => {
  const { entries } = createForkSchedule(NETWORK)
  assert.deepEqual(
    entries.map(({ epoch, fork, maxBlobsPerBlock }) => [epoch, fork, maxBlobsPerBlock]),
    [
      [0, 'electra', 9],
      [2, 'fulu', 9],
      [3, 'fulu', 12],
      [4, 'fulu', 15],
    ],
  )
})

test('topics of a digest are joined one epoch before it starts and left two epochs after it ends', () => {
  const { subscriptions, clock, digests } = scene()
  subscriptions.start()
  const held = [digests()]
  for (let epoch = 1; epoch <= 7; epoch++) {
    clock.advance(EPOCH_MS)
    held.push(digests())
  }
  assert.deepEqual(held, [[0], [0, 1], [0, 1, 2], [0, 1, 2, 3], [1, 2, 3], [2, 3], [3], [3]])
})

test('the change comes at the epoch, and not before', () => {
  const { subscriptions, clock, digests } = scene()
  subscriptions.start()
  clock.advance(EPOCH_MS - 1)
  assert.deepEqual(digests(), [0])
  clock.advance(1)
  assert.deepEqual(digests(), [0, 1])
})

test('a wall clock set forward over several boundaries leads straight to the right topics', () => {
  const { subscriptions, clock, digests, calls, schedule } = scene()
  subscriptions.start()
  clock.setForward(20 * EPOCH_MS)
  clock.advance(2000)
  assert.deepEqual(digests(), [3])
  const [first, last] = [schedule.at(0).digestHex, schedule.at(4).digestHex]
  assert.deepEqual(calls, [
    `join /eth2/${first}/beacon_block/ssz_snappy`,
    `join /eth2/${last}/beacon_block/ssz_snappy`,
    `leave /eth2/${first}/beacon_block/ssz_snappy`,
  ])
})

test('a wall clock set back brings the earlier topics back', () => {
  const { subscriptions, clock, digests } = scene({ beforeGenesisMs: -6 * EPOCH_MS })
  subscriptions.start()
  assert.deepEqual(digests(), [3])
  clock.setForward(-6 * EPOCH_MS)
  clock.advance(2000)
  assert.deepEqual(digests(), [0])
})

test('before genesis the first digest is held', () => {
  const { subscriptions, digests, epochs } = scene({ beforeGenesisMs: 3 * EPOCH_MS })
  subscriptions.start()
  assert.deepEqual(digests(), [0])
  assert.deepEqual(epochs, [-3])
})

test('each epoch is told once, start included, after the topics are right for it', () => {
  const { subscriptions, clock, epochs } = scene()
  subscriptions.start()
  clock.advance(3 * EPOCH_MS)
  assert.deepEqual(epochs, [0, 1, 2, 3])
})

test('nothing happens between epochs', () => {
  const { subscriptions, clock, calls } = scene()
  subscriptions.start()
  const before = calls.length
  clock.advance(EPOCH_MS - 1)
  assert.equal(calls.length, before)
})

test('when the wanted subnets rotate, the new ones are joined and the old ones left', () => {
  const wantedAt = (epoch: number): WantedTopics => ({ ...BLOCKS, attestationSubnets: new Set([epoch, epoch + 1]) })
  const network = smallNetwork()
  const { subscriptions, clock, calls, schedule } = scene({ network, wantedAt })
  subscriptions.start()
  calls.length = 0
  clock.advance(EPOCH_MS)
  const { digestHex } = schedule.at(0)
  assert.deepEqual(calls, [
    `join /eth2/${digestHex}/beacon_attestation_2/ssz_snappy`,
    `leave /eth2/${digestHex}/beacon_attestation_0/ssz_snappy`,
  ])
})

test('a topic is judged by the sizes of its own digest', () => {
  const wantedAt = (): WantedTopics => ({ ...BLOCKS, kinds: 'all', custodyColumns: new Set([7]) })
  const { subscriptions, directory } = scene({ beforeGenesisMs: -3 * EPOCH_MS, wantedAt })
  subscriptions.start()
  const maxBytes = new Map<number, number>()
  for (const { entry, parsed, maxSszBytes } of directory.all()) {
    if (parsed.spec.kind === 'data_column_sidecar') maxBytes.set(entry.maxBlobsPerBlock, maxSszBytes)
  }
  assert.deepEqual([...maxBytes.keys()], [9, 12, 15])
  assert.ok((maxBytes.get(9) ?? 0) < (maxBytes.get(12) ?? 0) && (maxBytes.get(12) ?? 0) < (maxBytes.get(15) ?? 0))
})

test('after stop time changes nothing and no timer is left', () => {
  const { subscriptions, clock, calls } = scene()
  subscriptions.start()
  subscriptions.stop()
  const before = calls.length
  clock.advance(10 * EPOCH_MS)
  assert.equal(calls.length, before)
  assert.equal(clock.pending, 0)
})
