import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ClaimStates } from '../../../../src/network-worker/validation/claim-states.ts'

const MAPPED_KEYS = 2 ** 14

const keys = fc.oneof(
  fc.nat(20),
  fc.nat(2 ** 23 + 10),
  fc.integer({ min: 2 ** 23 - 3, max: 2 ** 23 + 3 }),
  fc.maxSafeNat(),
  fc.string({ maxLength: 3 }),
)

for (const isPaged of [true, false]) {
  test(`${isPaged ? 'pages' : 'a map'}: each key has the state that it was given last, and 0 before`, () => {
    const steps = fc.array(fc.tuple(keys, fc.nat(15)), { maxLength: 200 })
    fc.assert(
      fc.property(steps, fc.array(keys), (given, asked) => {
        const states = new ClaimStates(isPaged)
        const model = new Map<number | string, number>()
        for (const [key, state] of given) {
          states.set(key, state)
          model.set(key, state)
        }
        for (const key of [...model.keys(), ...asked]) assert.equal(states.get(key), model.get(key) ?? 0, String(key))
      }),
    )
  })
}

test('neighbours share a byte and nothing else', () => {
  const states = new ClaimStates(true)
  states.set(6, 15)
  states.set(7, 8)
  states.set(6, 1)
  assert.deepEqual([states.get(5), states.get(6), states.get(7), states.get(8)], [0, 1, 8, 0])
})

test('keys beyond the map push out the oldest; pages forget nothing', () => {
  const states = new ClaimStates(true)
  states.set(5, 3)
  for (let i = 0; i <= MAPPED_KEYS; i++) states.set(`key ${i}`, 1)
  assert.equal(states.get('key 0'), 0)
  assert.equal(states.get('key 1'), 1)
  assert.equal(states.get(`key ${MAPPED_KEYS}`), 1)
  assert.equal(states.get(5), 3)
})
