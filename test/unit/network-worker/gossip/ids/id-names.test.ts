import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { IdNames } from '../../../../../src/network-worker/gossip/ids/id-names.ts'
import { toHex } from '../../../../../src/shared/hex.ts'

test('an id has the same name whatever was asked before, as long as it is or not', () => {
  // Few first bytes, so that ids drive each other out.
  const id = fc.oneof(fc.uint8Array({ minLength: 20, maxLength: 20, max: 2 }), fc.uint8Array({ maxLength: 40 }))
  fc.assert(
    fc.property(fc.array(id, { maxLength: 40 }), (ids) => {
      const names = new IdNames()
      for (const bytes of ids) assert.equal(names.of(bytes), toHex(bytes))
    }),
  )
})

test('the id of zeros has its name before any was asked for', () => {
  assert.equal(new IdNames().of(new Uint8Array(20)), '00'.repeat(20))
})

test('what was asked may be written to afterwards', () => {
  const names = new IdNames()
  const id = new Uint8Array(20).fill(7)
  names.of(id)
  id.fill(8, 1)
  assert.equal(names.of(id), toHex(id))
})
