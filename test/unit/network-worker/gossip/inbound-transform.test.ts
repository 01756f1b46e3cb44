import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createForkSchedule } from '../../../../src/consensus/fork-schedule.ts'
import { compressBlock } from '../../../../src/consensus/snappy-block.ts'
import { createSnappyTransform } from '../../../../src/network-worker/gossip/inbound-transform.ts'
import { TopicDirectory } from '../../../../src/network-worker/gossip/topic-directory.ts'
import { topicsUnder } from '../../../../src/network-worker/gossip/wanted-topics.ts'
import { smallNetwork } from '../small-network.ts'

const MIN_BYTES = 100
const MAX_BYTES = 400
const ENTRY = createForkSchedule(smallNetwork()).at(0)

/** One block topic with narrow bounds, and what the transform reported. */
function scene(): { readonly take: (data: Uint8Array, topic?: string) => Uint8Array; readonly reasons: string[] } {
  const directory = new TopicDirectory()
  const wanted = { kinds: new Set(['beacon_block'] as const), attestationSubnets: new Set<number>() }
  const [block] = topicsUnder({ ...wanted, custodyColumns: new Set() }, ENTRY)
  assert.ok(block !== undefined)
  directory.add({ ...block, entry: ENTRY, minSszBytes: MIN_BYTES, maxSszBytes: MAX_BYTES, policy: 'blind' })
  const reasons: string[] = []
  const transform = createSnappyTransform(directory, (_topic, reason) => reasons.push(reason))
  return { take: (data, topic = block.topic) => transform.inboundTransform(topic, data), reasons }
}

test('SSZ within the bounds of its topic comes out as it went in', () => {
  const { take, reasons } = scene()
  for (const size of [MIN_BYTES, 250, MAX_BYTES]) {
    const ssz = Uint8Array.from({ length: size }, (_, index) => index % 251)
    assert.deepEqual(Buffer.from(take(compressBlock(ssz))), Buffer.from(ssz))
  }
  assert.deepEqual(reasons, [])
})

test('each way to be wrong throws, and is reported once with its reason', () => {
  const cases: readonly (readonly [string, Uint8Array])[] = [
    ['snappy_too_short', compressBlock(new Uint8Array(MIN_BYTES - 1))],
    ['snappy_too_long', compressBlock(new Uint8Array(MAX_BYTES + 1))],
    ['snappy_bad_length', Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff)],
    ['snappy_corrupt', Uint8Array.of(200, 1, 0xfe, 0xff, 0xff)],
    ['snappy_compressed_too_long', Buffer.concat([Uint8Array.of(200, 1), new Uint8Array(1_000_000)])],
  ]
  for (const [reason, data] of cases) {
    const { take, reasons } = scene()
    assert.throws(() => take(data))
    assert.deepEqual(reasons, [reason])
  }
})

test('a topic we are not in is refused undecoded', () => {
  const { take, reasons } = scene()
  assert.throws(() => take(compressBlock(new Uint8Array(200)), '/eth2/00000000/beacon_block/ssz_snappy'))
  assert.deepEqual(reasons, ['unknown_topic'])
})

test('arbitrary bytes either decode within the bounds or throw and are reported', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), (data) => {
      const { take, reasons } = scene()
      try {
        const { length } = take(data)
        assert.ok(length >= MIN_BYTES && length <= MAX_BYTES && reasons.length === 0)
      } catch {
        assert.equal(reasons.length, 1)
      }
    }),
  )
})
