import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { createForkSchedule } from '../../../../../src/consensus/fork-schedule.ts'
import { messageId } from '../../../../../src/consensus/message-id.ts'
import type { ForkName } from '../../../../../src/consensus/network-config.ts'
import { networkByName } from '../../../../../src/consensus/networks.ts'
import { compressBlock } from '../../../../../src/consensus/snappy/snappy-block.ts'
import { openPayload } from '../../../../../src/network-worker/gossip/arrival/open-payload.ts'
import { PayloadOpener } from '../../../../../src/network-worker/gossip/arrival/payload-opener.ts'
import { toHex } from '../../../../../src/shared/hex.ts'

const TOPIC = '/eth2/8c9f62fe/beacon_block/ssz_snappy'
/** A payload and what goes before it, together at most 4 kB. */
const SHORT_BYTES = 4000
const BOUNDS = { minSszBytes: 1, maxSszBytes: 1_000_000 }
const entries = createForkSchedule(networkByName('mainnet')).entries

function openerOf(fork: ForkName, topic = TOPIC): PayloadOpener {
  const entry = entries.find((one) => one.fork === fork)
  assert.ok(entry !== undefined)
  return new PayloadOpener({ topic, entry, ...BOUNDS })
}

function idOf(topic: string, payload: Uint8Array, fork: ForkName): string {
  return toHex(messageId(topic, new Uint8Array(), payload, fork))
}

/** Noise cannot be compressed; half of the others is zeros. Short ones and long ones, and all that is between them in length. */
const payloads = [1, 240, 4000, 4096, 8192, 8193, 120_000, 700_000].flatMap((size) => [
  new Uint8Array(randomBytes(size)),
  Uint8Array.from({ length: size }, (_, i) => (i % 64 < 32 ? (i * 2654435761) >>> 24 : 0)),
])

test('a payload comes out as it went in, and has the id of the network', () => {
  for (const fork of ['phase0', 'fulu'] as const) {
    const opener = openerOf(fork)
    for (const payload of payloads) {
      const opened = opener.open(compressBlock(payload))
      assert.ok(opened.ok)
      assert.equal(Buffer.compare(opened.bytes, payload), 0)
      assert.equal(Object.getPrototypeOf(opened.bytes), Uint8Array.prototype)
      assert.equal(opener.idOf(opened.bytes), idOf(TOPIC, payload, fork))
    }
  }
})

test('what is kept of a short payload stays as it is, whatever is opened later', () => {
  const openers = [openerOf('fulu'), openerOf('fulu', `${TOPIC}_2`)]
  const kept = [...payloads, ...payloads].map((payload, i) => {
    const opened = openers[i % 2]?.open(compressBlock(payload))
    assert.ok(opened?.ok)
    return [payload.length < SHORT_BYTES ? opened.bytes : payload, payload] as const
  })
  for (const [bytes, payload] of kept) assert.equal(Buffer.compare(bytes, payload), 0)
})

test('any payload of the topic is named, not only the last one, and more than once', () => {
  const opener = openerOf('fulu')
  const [first, second] = [randomBytes(240), randomBytes(240)].map((bytes) => opener.open(compressBlock(bytes)))
  assert.ok(first?.ok && second?.ok)
  for (const { bytes } of [first, second, second]) assert.equal(opener.idOf(bytes), idOf(TOPIC, bytes, 'fulu'))
})

test('what is refused is refused as elsewhere, and the next is opened and named rightly', () => {
  const opener = openerOf('fulu')
  const corrupt = Uint8Array.of(200, 1, 0xfe, 0xff, 0xff)
  for (const data of [corrupt, new Uint8Array(), compressBlock(new Uint8Array())]) {
    const refused = opener.open(data)
    assert.deepEqual(refused, openPayload(BOUNDS, data))
    assert.equal(refused.ok, false)
    const opened = opener.open(compressBlock(Uint8Array.of(1, 2, 3)))
    assert.ok(opened.ok)
    assert.equal(opener.idOf(opened.bytes), idOf(TOPIC, Uint8Array.of(1, 2, 3), 'fulu'))
  }
})
