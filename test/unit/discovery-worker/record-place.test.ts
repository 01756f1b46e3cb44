import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ENR, SignableENR } from '@chainsafe/enr'
import fc from 'fast-check'
import { isCredible } from '../../../src/discovery-worker/hearsay.ts'
import { placeOf } from '../../../src/discovery-worker/record-place.ts'
import { testRecord } from '../../support/discv5-node.ts'

const SECRET = new Uint8Array(32).fill(7)

/** As it comes from the wire, whatever its values are. */
function recordOf(fields: Readonly<Record<string, unknown>>): ENR {
  return ENR.decodeTxt(SignableENR.createV4(SECRET, fields as Record<string, Uint8Array>).encodeTxt())
}

test('an address of either family, in its canonical form', () => {
  const { ip, ip6 } = { ip: Uint8Array.of(9, 8, 7, 6), ip6: Uint8Array.from([42, 1, 4, 248, ...Array(11).fill(0), 1]) }
  const record = recordOf({ ip, ip6 })
  assert.deepEqual(placeOf(record, 'ip'), { ip: '9.8.7.6', family: 4, scope: 'public' })
  assert.deepEqual(placeOf(record, 'ip6'), { ip: '2a01:4f8::1', family: 6, scope: 'public' })
  assert.equal(placeOf(testRecord({ udpPort: 9000 }).toENR(), 'ip6'), undefined)
})

test('whatever a stranger signed, nobody throws: bytes of any length, or lists of them', () => {
  const bytes = fc.uint8Array({ maxLength: 17 })
  const value = fc.oneof(
    bytes,
    fc.array(fc.uint8Array({ maxLength: 3 }), { minLength: 4, maxLength: 4 }),
    fc.array(fc.uint8Array({ maxLength: 2 }), { minLength: 16, maxLength: 16 }),
  )
  fc.assert(
    fc.property(value, value, (ip, ip6) => {
      const record = recordOf({ ip, ip6 })
      for (const key of ['ip', 'ip6'] as const) placeOf(record, key)
      isCredible(record, record)
    }),
    { numRuns: 200 },
  )
})
