import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ssz } from '@lodestar/types'
import { compressSync } from 'snappy'
import { createSlotClock } from '../../../../src/consensus/slot-clock.ts'
import { MAX_PAYLOAD_SIZE } from '../../../../src/consensus/ssz/ssz-bounds.ts'
import type { AcceptedBlock } from '../../../../src/network-worker/gossip/block-observer.ts'
import { Arrivals, type ArrivalsDeps, MAX_ARRIVALS } from '../../../../src/network-worker/stats/arrivals.ts'
import type { JobResult } from '../../../../src/validation-pool/client.ts'
import type { BlockFactsInput } from '../../../../src/validation-pool/job-table.ts'
import { blockFacts } from '../../../../src/validation-pool/jobs/block-facts.ts'
import { FakeClock } from '../../../support/fake-clock.ts'
import { smallNetwork } from '../small-network.ts'

const NETWORK = smallNetwork()
const GENESIS_MS = NETWORK.genesisTimeSeconds * 1000
const SLOT_MS = NETWORK.slotDurationMs
/** Until a block that came is hashed. */
const HASHED_MS = 100

type FactsOf = (block: BlockFactsInput) => Promise<JobResult<'block-facts'>>

/** The job itself, on this thread. */
const factsHere: FactsOf = async (block) => ({ ok: true, output: blockFacts(block) })

function scene(factsOf: FactsOf = factsHere, onHashed?: ArrivalsDeps['onHashed']) {
  const clock = new FakeClock(GENESIS_MS)
  const peers = new Map([['alice', { client: 'Lighthouse/v8', rttMs: 12.5 }]])
  const arrivals = new Arrivals({
    clock,
    slotClock: createSlotClock(NETWORK, clock),
    peerOf: (peerId) => peers.get(peerId),
    factsOf,
    onHashed,
  })
  /** Lets time pass, and the answers of the pool come. */
  const pass = async (ms: number): Promise<void> => {
    clock.advance(ms)
    await new Promise(setImmediate)
  }
  return { clock, peers, arrivals, pass }
}

interface BlockSeed {
  readonly slot: number
  readonly proposerIndex?: number
  readonly signature?: number
  readonly transactionBytes?: number
}

function signedBlock({ slot, proposerIndex = 7, signature = 0, transactionBytes = 0 }: BlockSeed) {
  const block = ssz.fulu.SignedBeaconBlock.defaultValue()
  block.message.slot = slot
  block.message.proposerIndex = proposerIndex
  block.message.body.executionPayload.transactions = [new Uint8Array(transactionBytes).fill(3)]
  block.signature = new Uint8Array(96).fill(signature)
  return block
}

function accepted(msgId: string, seed: BlockSeed, from = 'alice', atMs = 0): AcceptedBlock {
  const data = compressSync(Buffer.from(ssz.fulu.SignedBeaconBlock.serialize(signedBlock(seed))))
  return { msgId, fork: 'fulu', data, maxSszBytes: MAX_PAYLOAD_SIZE, from, atMs, isVouched: false }
}

function rootOf(seed: BlockSeed): string {
  return `0x${Buffer.from(ssz.fulu.BeaconBlock.hashTreeRoot(signedBlock(seed).message)).toString('hex')}`
}

test('a block is shown with its root, its first sender and the time of its first byte, once it is hashed', async () => {
  const { clock, arrivals, pass } = scene()
  const seed = { slot: 3, proposerIndex: 41, transactionBytes: 120_000 }
  clock.advance(3 * 2000 + 250) // 250 ms into slot 3
  const firstByteMs = clock.monotonicMs() - 40
  arrivals.onBlock(accepted('id', seed, 'alice', firstByteMs))
  await pass(HASHED_MS - 1)
  assert.deepEqual(arrivals.arrivals(), [])
  await pass(1)
  assert.deepEqual(arrivals.arrivals(), [
    {
      slot: 3,
      block_root: rootOf(seed),
      proposer_index: 41,
      first_peer_id: 'alice',
      client: 'Lighthouse/v8',
      rtt_ms: 12.5,
      arrived_unix_ms: GENESIS_MS + 6210,
      ms_into_slot: 210,
      later_peers: 0,
    },
  ])
  assert.equal(clock.pending, 0)
})

test('client and round trip are those of the moment of arrival; of an unknown peer nothing is known', async () => {
  const { peers, arrivals, pass } = scene()
  arrivals.onBlock(accepted('a', { slot: 1 }, 'alice'))
  arrivals.onBlock(accepted('b', { slot: 2 }, 'bob'))
  peers.set('alice', { client: 'Teku', rttMs: 99 })
  peers.delete('alice')
  await pass(HASHED_MS)
  assert.deepEqual(
    arrivals.arrivals().map(({ client, rtt_ms }) => [client, rtt_ms]),
    [
      ['Lighthouse/v8', 12.5],
      ['unknown', 0],
    ],
  )
})

test('copies count once for each peer but the first, also before the block is hashed; others cost nothing', async () => {
  const { arrivals, pass } = scene()
  arrivals.onCopy('id', 'early')
  arrivals.onBlock(accepted('id', { slot: 1 }))
  for (const peerId of ['alice', 'bob', 'bob', 'carol', 'alice']) arrivals.onCopy('id', peerId)
  arrivals.onCopy('other', 'dave')
  await pass(HASHED_MS)
  arrivals.onCopy('id', 'erin')
  assert.equal(arrivals.arrivals()[0]?.later_peers, 3)
})

test('a block whose slot has not begun came before it, one that is late came after it', async () => {
  const { clock, arrivals, pass } = scene()
  clock.advance(1900)
  arrivals.onBlock(accepted('early', { slot: 1 }, 'alice', 1900))
  clock.advance(3000)
  arrivals.onBlock(accepted('late', { slot: 0 }, 'alice', 4900))
  await pass(HASHED_MS)
  assert.deepEqual(
    arrivals.arrivals().map(({ slot, ms_into_slot }) => [slot, ms_into_slot]),
    [
      [0, 4900],
      [1, -100],
    ],
  )
})

test('the same block under another signature is a later copy', async () => {
  const { arrivals, pass } = scene()
  arrivals.onBlock(accepted('first', { slot: 1, signature: 1 }, 'alice'))
  arrivals.onBlock(accepted('again', { slot: 1, signature: 2 }, 'bob'))
  arrivals.onCopy('again', 'carol')
  await pass(HASHED_MS)
  assert.deepEqual(
    arrivals.arrivals().map(({ first_peer_id, later_peers }) => [first_peer_id, later_peers]),
    [['alice', 2]],
  )
})

test('two blocks of one slot are both shown, the earlier one first', async () => {
  const { clock, arrivals, pass } = scene()
  arrivals.onBlock(accepted('a', { slot: 5, proposerIndex: 1 }))
  clock.advance(5)
  arrivals.onBlock(accepted('b', { slot: 5, proposerIndex: 2 }, 'bob', 5))
  arrivals.onBlock(accepted('c', { slot: 4, proposerIndex: 3 }, 'bob', 5))
  await pass(HASHED_MS)
  assert.deepEqual(
    arrivals.arrivals().map(({ slot, proposer_index }) => [slot, proposer_index]),
    [
      [4, 3],
      [5, 1],
      [5, 2],
    ],
  )
})

test('what is no block, and one too long to be hashed, is not shown', async () => {
  const { arrivals, pass } = scene()
  const rubbish = { ...accepted('rubbish', { slot: 1 }), data: compressSync(Buffer.alloc(3_000, 7)) }
  arrivals.onBlock(rubbish)
  arrivals.onBlock({ ...rubbish, msgId: 'no snappy', data: new Uint8Array(9).fill(255) })
  arrivals.onBlock(accepted('long', { slot: 1, transactionBytes: 2 * 1024 * 1024 }, 'bob'))
  arrivals.onBlock(accepted('fine', { slot: 2 }, 'bob'))
  await pass(HASHED_MS)
  assert.deepEqual(
    arrivals.arrivals().map(({ slot }) => slot),
    [2],
  )
  assert.deepEqual(arrivals.hidden, { slot_limit: 0, queue_full: 0, failed: 0, no_block: 3 })
  arrivals.onCopy('rubbish', 'bob')
})

test('a flood is not hashed beyond the room of its slot, and counted', async () => {
  const { clock, arrivals, pass } = scene()
  for (let index = 0; index < 20; index++) arrivals.onBlock(accepted(`id${index}`, { slot: index }, `peer${index}`))
  await pass(HASHED_MS)
  assert.equal(arrivals.arrivals().length, 4)
  assert.deepEqual(arrivals.hidden, { slot_limit: 16, queue_full: 0, failed: 0, no_block: 0 })
  await pass(SLOT_MS)
  arrivals.onBlock(accepted('next', { slot: 1, proposerIndex: 2 }))
  await pass(HASHED_MS)
  assert.equal(arrivals.arrivals().length, 5)
  assert.equal(clock.pending, 0)
})

test('a flood by two peers does not keep out a block that something vouches for, and its parent is told with its root', async () => {
  const hashed: (readonly [string, string])[] = []
  const { arrivals, pass } = scene(factsHere, ({ msgId }, { root, parentRoot }) => {
    assert.equal(parentRoot, `0x${'00'.repeat(32)}`)
    hashed.push([msgId, root])
  })
  for (let index = 0; index < 8; index++) arrivals.onBlock(accepted(`id${index}`, { slot: index }, `peer${index % 2}`))
  const seed = { slot: 9, proposerIndex: 5 }
  arrivals.onBlock(accepted('unvouched', { slot: 9 }, 'honest'))
  arrivals.onBlock({ ...accepted('vouched', seed, 'honest'), isVouched: true })
  await pass(HASHED_MS)
  assert.equal(arrivals.hidden.slot_limit, 5)
  assert.deepEqual(hashed.at(-1), ['vouched', rootOf(seed)])
})

test('a block that the pool does not take or fails at is not shown, and counted', async () => {
  const answers = ['queue_full', 'failed', 'failed', 'stopped'] as const
  let asked = 0
  const { arrivals, pass } = scene(async () => ({ ok: false, reason: answers[asked++] ?? 'stopped' }))
  for (const msgId of ['a', 'b', 'c', 'd']) arrivals.onBlock(accepted(msgId, { slot: 1 }, msgId))
  await pass(HASHED_MS)
  assert.equal(asked, 4)
  assert.deepEqual(arrivals.arrivals(), [])
  assert.deepEqual(arrivals.hidden, { slot_limit: 0, queue_full: 1, failed: 2, no_block: 0 })
})

test('the earlier one of two that are the same is shown, whichever is hashed first', async () => {
  const waiting: (() => void)[] = []
  const { arrivals, pass } = scene(async (block) => {
    await new Promise<void>((resolve) => waiting.push(resolve))
    return factsHere(block)
  })
  arrivals.onBlock(accepted('first', { slot: 1, signature: 1 }, 'alice'))
  arrivals.onBlock(accepted('again', { slot: 1, signature: 2 }, 'bob'))
  await pass(HASHED_MS)
  waiting[1]?.()
  await pass(0)
  assert.deepEqual(
    arrivals.arrivals().map(({ first_peer_id }) => first_peer_id),
    ['bob'],
  )
  waiting[0]?.()
  await pass(0)
  assert.deepEqual(
    arrivals.arrivals().map(({ first_peer_id, later_peers }) => [first_peer_id, later_peers]),
    [['alice', 1]],
  )
})

test('the bytes that are hashed are a copy: those of the message are still to be sent', async () => {
  const { arrivals, pass } = scene(async (block) => {
    structuredClone(block.data, { transfer: [block.data.buffer] })
    return { ok: true, output: undefined }
  })
  const block = accepted('id', { slot: 1 })
  const before = Buffer.from(block.data)
  arrivals.onBlock(block)
  await pass(HASHED_MS)
  assert.ok(before.equals(block.data))
})

test('the newest are kept, by arrival', async () => {
  const { arrivals, pass } = scene()
  for (let slot = 0; slot < MAX_ARRIVALS + 3; slot++) {
    arrivals.onBlock(accepted(`id${slot}`, { slot }))
    await pass(SLOT_MS)
  }
  const slots = arrivals.arrivals().map(({ slot }) => slot)
  assert.deepEqual([slots.length, slots[0], slots.at(-1)], [MAX_ARRIVALS, 3, MAX_ARRIVALS + 2])
})

test('after a stop nothing runs', async () => {
  const { clock, arrivals, pass } = scene()
  arrivals.onBlock(accepted('a', { slot: 1 }))
  arrivals.stop()
  arrivals.stop()
  assert.equal(clock.pending, 0)
  arrivals.onBlock(accepted('b', { slot: 1 }))
  await pass(HASHED_MS)
  assert.deepEqual(arrivals.arrivals(), [])
})
