import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ssz } from '@lodestar/types'
import {
  burstTraffic,
  MIX_COPIES,
  MIX_NAMES,
  MIX_PARTS,
  MIX_SLOT_SECONDS,
  mixTraffic,
} from '../../../bench/macro/eth2-mix.ts'
import { BENCH_NETWORK_LOAD } from '../../../bench/peers/gossip-arguments.ts'
import { meshParameters } from '../../../src/network-worker/gossip/mesh/network-load.ts'
import type { FanStream, SlotStream } from '../../support/go-fan.ts'
import { TierZeroJudges } from './tier-zero-judges.ts'

const TOPICS = MIX_NAMES.map((name) => `/eth2/5ca1ab1e/${name}/ssz_snappy`)

function inSlots(stream: FanStream | undefined): SlotStream {
  assert.ok(stream !== undefined && 'perSlot' in stream)
  return stream
}

/** Sends so many slots of the streams through judges, and returns what did not pass. */
function refusals(streams: readonly FanStream[], slots: number, slotSeconds = MIX_SLOT_SECONDS): readonly string[] {
  const judges = new TierZeroJudges(slotSeconds)
  const refused: string[] = []
  const slotsAtOnce = slotSeconds / MIX_SLOT_SECONDS
  for (let slot = 0; slot < slots; slot++, judges.slot++) {
    for (const { shape, topics, perSlot } of streams.map(inSlots)) {
      const [first, end] = [slot, slot + 1].map((nth) => Math.floor(nth * slotsAtOnce * perSlot))
      for (let nth = first ?? 0; nth < (end ?? 0); nth++) {
        const gossipName = topics[nth % topics.length]?.split('/')[3] ?? ''
        const [verdict] = judges.judge(shape, gossipName, Math.floor(nth / topics.length), nth)
        if (verdict.action !== 'accept') refused.push(`${gossipName} of slot ${slot}: ${verdict.reason}`)
      }
    }
  }
  return refused
}

test('every message of the mix passes a relay that validates, up to eight times mainnet’s rates', () => {
  assert.deepEqual(refusals(mixTraffic(TOPICS, 1), 40), [])
  assert.deepEqual(refusals(mixTraffic(TOPICS, 8), 3), [])
  assert.deepEqual(refusals(burstTraffic(TOPICS, 4), 3), [])
})

test('four slots of the mix pass in one of the network when proposers take turns', () => {
  assert.deepEqual(refusals(mixTraffic(TOPICS, 1, 4), 3, 4 * MIX_SLOT_SECONDS), [])
  assert.ok(refusals(mixTraffic(TOPICS, 1), 1, 4 * MIX_SLOT_SECONDS).length > 0)
})

test('a slot of the mix has one block, and its columns are of that block', () => {
  const [block, column] = mixTraffic(TOPICS, 1).map(inSlots)
  assert.ok(block !== undefined && column !== undefined)
  const judges = new TierZeroJudges(MIX_SLOT_SECONDS)
  const [, signedBlock] = judges.judge(block.shape, 'beacon_block', 3, 3)
  const { proposerIndex } = ssz.fulu.SignedBeaconBlock.deserialize(signedBlock).message
  const headers = Array.from({ length: 8 }, (_, index) => {
    const [, sidecar] = judges.judge(column.shape, `data_column_sidecar_${index}`, 3, 24 + index)
    return ssz.fulu.DataColumnSidecar.deserialize(sidecar).signedBlockHeader.message
  })
  for (const header of headers) assert.deepEqual(header, { ...headers[0], slot: judges.slot, proposerIndex })
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
