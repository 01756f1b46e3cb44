import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { matchesFilter, parsePeerFilter } from '../../../../src/api/schemas/peer-filter.ts'
import { outcome } from './outcome.ts'

const STATES = ['disconnected', 'connecting', 'connected', 'disconnecting'] as const
const DIRECTIONS = ['inbound', 'outbound'] as const

test('without parameters every peer matches', () => {
  const filter = parsePeerFilter({})
  for (const state of STATES) {
    for (const direction of DIRECTIONS) assert.equal(matchesFilter({ state, direction }, filter), true)
  }
})

test('one value of each keeps exactly the peers that have both', () => {
  for (const state of STATES) {
    for (const direction of DIRECTIONS) {
      const filter = parsePeerFilter({ state, direction })
      const kept = STATES.flatMap((s) => DIRECTIONS.map((d) => ({ state: s, direction: d }))).filter((peer) =>
        matchesFilter(peer, filter),
      )
      assert.deepEqual(kept, [{ state, direction }])
    }
  }
})

test('whatever a query holds, it is a filter of known words or a BAD_REQUEST with at most 64 characters of it', () => {
  const words = fc.constantFrom<string>(...STATES, ...DIRECTIONS, 'toString', '__proto__', '', ' connected')
  const list = fc.array(words, { maxLength: 4 }).map((parts) => parts.join(','))
  const param = fc.oneof(list, fc.array(list, { maxLength: 3 }), fc.string(), fc.anything({ withNullPrototype: true }))
  fc.assert(
    fc.property(fc.record({ state: param, direction: param }), (query) => {
      const result = outcome(() => parsePeerFilter(query))
      if ('code' in result) {
        assert.equal(result.code, 'BAD_REQUEST')
        assert.match(result.message, /^Invalid (state|direction): [\s\S]{0,64}$/)
        return
      }
      for (const state of result.value.states ?? []) assert.ok(STATES.includes(state))
      for (const direction of result.value.directions ?? []) assert.ok(DIRECTIONS.includes(direction))
    }),
  )
})
