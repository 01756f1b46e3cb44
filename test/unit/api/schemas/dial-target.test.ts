import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseDialTarget } from '../../../../src/api/schemas/dial-target.ts'
import { outcome } from './outcome.ts'

test('parseDialTarget: any JSON is a target with one short string, or BAD_REQUEST with a short text', () => {
  const member = fc.oneof(fc.string(), fc.jsonValue())
  const near = fc.dictionary(fc.constantFrom('enr', 'multiaddr', '__proto__', 'toString', 'x'), member)
  fc.assert(
    fc.property(fc.oneof(near, fc.jsonValue()), (json) => {
      const body: unknown = JSON.parse(JSON.stringify(json))
      const result = outcome(() => parseDialTarget(body))
      if ('code' in result) {
        assert.equal(result.code, 'BAD_REQUEST')
        assert.ok(result.message.length < 300)
        return
      }
      assert.deepEqual(body, result.value)
      const members = Object.entries(result.value)
      assert.equal(members.length, 1)
      const [key, value] = members[0] ?? []
      assert.ok(key === 'enr' || key === 'multiaddr')
      assert.ok(typeof value === 'string' && value.length > 0 && value.length <= 512)
    }),
    { numRuns: 500 },
  )
})
