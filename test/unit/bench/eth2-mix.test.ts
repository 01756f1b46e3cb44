import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  burstTraffic,
  MIX_COPIES,
  MIX_NAMES,
  MIX_PARTS,
  MIX_SLOT_SECONDS,
  mixTraffic,
} from '../../../bench/macro/eth2-mix.ts'
import { BENCH_NETWORK_LOAD } from '../../../bench/peers/gossip-arguments.ts'
import { peekSlot } from '../../../src/consensus/ssz-peek.ts'
import { parseTopic } from '../../../src/consensus/topic.ts'
import { meshParameters } from '../../../src/network-worker/gossip/network-load.ts'
import type { FanStream, SlotStream } from '../../support/go-fan.ts'
import { testNetwork } from '../../support/network-directory.ts'

const TOPICS = MIX_NAMES.map((name) => `/eth2/5ca1ab1e/${name}/ssz_snappy`)
const { maxBlobs } = testNetwork()

function inSlots(stream: FanStream | undefined): SlotStream {
  assert.ok(stream !== undefined && 'perSlot' in stream)
  return stream
}

/** The object as the generator sends it, of a slot that shows its place. */
function madeObject({ shape }: FanStream, slot: bigint): Uint8Array {
  const object = shape.template === undefined ? Buffer.alloc(shape.sizeBytes) : Buffer.from(shape.template, 'base64')
  object.writeBigUInt64LE(slot, shape.slotOffset ?? 0)
  return object
}

test('every message of the mix has a size and a slot with which blind validation lets it pass', () => {
  for (const stream of [...mixTraffic(TOPICS, 2), ...burstTraffic(TOPICS, 2)]) {
    for (const topic of stream.topics) {
      const parsed = parseTopic(topic)
      assert.ok(parsed !== undefined, topic)
      const object = madeObject(stream, 77n)
      assert.equal(object.length, stream.shape.sizeBytes)
      assert.ok(object.length >= parsed.spec.minSszBytes('fulu'), `${topic}: ${object.length} B are too few`)
      assert.ok(object.length <= parsed.spec.maxSszBytes('fulu', maxBlobs), `${topic}: ${object.length} B are too many`)
      assert.equal(peekSlot(parsed.spec.kind, 'fulu', object), 77)
    }
  }
})

test('all topics of the mix are used, each class within its slot', () => {
  const streams = mixTraffic(TOPICS, 1)
  assert.deepEqual(new Set(streams.flatMap(({ topics }) => topics)), new Set(TOPICS))
  for (const stream of streams.map(inSlots)) {
    assert.ok(stream.fromMs >= 0 && stream.overMs > 0)
    assert.ok(stream.fromMs + stream.overMs <= MIX_SLOT_SECONDS * 1000)
  }
})

test('short messages come at the rates of mainnet, and a multiple is of them alone', () => {
  const [block, column, attestation, aggregate] = mixTraffic(TOPICS, 1).map(inSlots)
  assert.equal(block?.perSlot, 1)
  assert.equal(column?.perSlot, 8)
  assert.ok(attestation !== undefined && aggregate !== undefined)
  // 34,240 and 1,024 in 12 s over all subnets, of which 4 of 64 are here.
  assert.equal(attestation.perSlot / MIX_SLOT_SECONDS, (34_240 / 12) * (4 / 64))
  assert.equal(aggregate.perSlot / MIX_SLOT_SECONDS, 1_024 / 12)
  const [blockX8, columnX8, attestationX8, aggregateX8] = mixTraffic(TOPICS, 8).map(inSlots)
  assert.deepEqual([blockX8?.perSlot, columnX8?.perSlot], [1, 8])
  assert.equal(attestationX8?.perSlot, 8 * attestation.perSlot)
  assert.equal(aggregateX8?.perSlot, 8 * aggregate.perSlot)
})

test('blocks and columns of a burst come while attestations do', () => {
  const [block, column, attestation] = burstTraffic(TOPICS, 4).map(inSlots)
  assert.ok(block !== undefined && column !== undefined && attestation !== undefined)
  for (const large of [block, column]) {
    assert.ok(large.fromMs > attestation.fromMs)
    assert.ok(large.fromMs + large.overMs <= attestation.fromMs + attestation.overMs)
  }
})

test('all that want to be in a mesh fit in it, and four of five arrivals are duplicates', () => {
  const { meshLow, meshHigh } = meshParameters(BENCH_NETWORK_LOAD)
  const wanting = MIX_PARTS.sinksPerTopic + MIX_PARTS.sendersPerTopic
  assert.ok(wanting >= meshLow && wanting <= meshHigh)
  assert.equal(MIX_COPIES.copies, 5)
  assert.ok(MIX_PARTS.sendersPerTopic >= 5)
})
