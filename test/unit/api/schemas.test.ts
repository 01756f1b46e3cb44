import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseDialTarget, parsePeerId, parseSyncingStatus } from '../../../src/api/schemas.ts'
import { RelayError } from '../../../src/shared/errors.ts'

/** The result, or the code of the RelayError thrown; any other throw fails the test. */
function outcome<T>(run: () => T): { readonly value: T } | { readonly code: string; readonly message: string } {
  try {
    return { value: run() }
  } catch (cause) {
    assert.ok(cause instanceof RelayError, `threw ${cause}`)
    return { code: cause.code, message: cause.message }
  }
}

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

test('parsePeerId takes base58 of 46 to 60 characters and nothing else', () => {
  const base58 = fc.constantFrom(...'123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz')
  fc.assert(
    fc.property(fc.string({ unit: base58, minLength: 40, maxLength: 70 }), (id) => {
      const valid = id.length >= 46 && id.length <= 60
      assert.deepEqual(
        outcome(() => parsePeerId(id)),
        valid ? { value: id } : { code: 'BAD_PEER_ID', message: 'invalid peer id' },
      )
    }),
  )
  fc.assert(
    fc.property(fc.anything(), (value) => {
      if (typeof value !== 'string') assert.ok('code' in outcome(() => parsePeerId(value)))
    }),
  )
})

test('parsePeerId refuses the letters base58 leaves out, and line ends around a good id', () => {
  const id = '16Uiu2HAm4MqAN66Ey9CqUbSpSTCsEKHkYJH1h7oYrg8XDGXTMskH'
  assert.equal(parsePeerId(id), id)
  assert.equal(
    parsePeerId('QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG'),
    'QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG',
  )
  assert.equal(parsePeerId('12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA').length, 52)
  for (const bad of ['0', 'O', 'I', 'l', ' ', '\n', '\0', 'é']) {
    assert.throws(() => parsePeerId(`${id.slice(1)}${bad}`), { code: 'BAD_PEER_ID' })
  }
  assert.throws(() => parsePeerId(`${id}\n`), { code: 'BAD_PEER_ID' })
})

test('parseSyncingStatus takes exactly 100 to 599', () => {
  assert.equal(parseSyncingStatus(undefined), undefined)
  for (let status = 0; status < 1_000; status++) {
    const valid = status >= 100 && status < 600
    assert.equal('value' in outcome(() => parseSyncingStatus(String(status))), valid, String(status))
  }
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.array(fc.string()), fc.anything()), (param) => {
      const result = outcome(() => parseSyncingStatus(param))
      if ('code' in result) assert.equal(result.code, 'BAD_REQUEST')
      else assert.ok(result.value === undefined || (result.value >= 100 && result.value <= 599))
    }),
  )
})
