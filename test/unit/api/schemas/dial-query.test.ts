import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseDialQuery, parsePeerQuery } from '../../../../src/api/schemas/dial-query.ts'
import { outcome } from './outcome.ts'

const PEER = '16Uiu2HAm4MqAN66Ey9CqUbSpSTCsEKHkYJH1h7oYrg8XDGXTMskH'
const OTHER = '16Uiu2HAmJB7R91zvvnx5P29vfuqpWUvjnCTKhrV4r8YgCpx1N56S'

test('parseDialQuery: 1 to 8 addresses of at most 512 characters, completed by the peer id, or a refusal', () => {
  const address = fc.constantFrom('/ip4/1.2.3.4/tcp/1', `/ip4/1.2.3.4/tcp/1/p2p/${PEER}`, '/dns4/x/tcp/2', '')
  const list = fc.array(address, { maxLength: 12 })
  const multiaddr = fc.oneof(
    list,
    list.map((parts) => parts.join(',')),
    fc.string({ maxLength: 600 }),
    fc.anything({ withNullPrototype: true }),
  )
  const peerId = fc.oneof(fc.constantFrom(undefined, PEER, OTHER, 'me', ''), fc.anything())
  fc.assert(
    fc.property(fc.record({ multiaddr, peerId }, { requiredKeys: [] }), (query) => {
      const result = outcome(() => parseDialQuery(query))
      if ('code' in result) return assert.ok(['BAD_REQUEST', 'BAD_PEER_ID'].includes(result.code))
      assert.ok(result.value.length >= 1 && result.value.length <= 8)
      for (const text of result.value) {
        assert.ok(text.length > 0 && text.length <= 512 + `/p2p/${PEER}`.length)
        if (query.peerId !== undefined) assert.ok(text.endsWith(`/p2p/${query.peerId}`))
      }
    }),
  )
})

test('parsePeerQuery: a record begins with enr:, all else is an address; both have their bound', () => {
  assert.deepEqual(parsePeerQuery('enr:-x'), { enr: 'enr:-x' })
  assert.deepEqual(parsePeerQuery('ENR:-x'), { multiaddr: 'ENR:-x' })
  const param = fc.oneof(
    fc.string({ maxLength: 600 }),
    fc.string({ maxLength: 500 }).map((text) => `enr:${text}`),
    fc.anything(),
  )
  fc.assert(
    fc.property(param, (value) => {
      const isText = typeof value === 'string' && value !== ''
      const isEnr = isText && value.startsWith('enr:')
      const valid = isText && value.length <= (isEnr ? 404 : 512)
      const result = outcome(() => parsePeerQuery(value))
      if (valid) assert.deepEqual(result, { value: isEnr ? { enr: value } : { multiaddr: value } })
      else assert.ok('code' in result && result.code === 'BAD_REQUEST')
    }),
  )
})
