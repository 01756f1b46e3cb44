import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { CONFIG_RANGES } from '../../../../src/api/config-ranges.ts'
import { parseConfigPatch } from '../../../../src/api/schemas/config-patch.ts'
import { settingsSchema } from '../../../../src/config/schema.ts'
import { outcome } from './outcome.ts'

const FIELDS = [
  'target_peers',
  'max_latency_ms',
  'network_load',
  'heartbeat_interval_ms',
  'discovery_interval_ms',
  'active_validators',
]

test('parseConfigPatch: any JSON is a patch of known fields with numbers, or BAD_REQUEST with a short text', () => {
  const value = fc.oneof(fc.integer({ min: 500, max: 1_000 }), fc.integer({ min: -10, max: 70_000 }), fc.jsonValue())
  const near = fc.dictionary(fc.constantFrom(...FIELDS, ...FIELDS, '__proto__', 'x'), value, { maxKeys: 3 })
  let valid = 0
  fc.assert(
    fc.property(fc.oneof(near, near, fc.jsonValue()), (json) => {
      const body: unknown = JSON.parse(JSON.stringify(json))
      const result = outcome(() => parseConfigPatch(body))
      if ('code' in result) {
        assert.equal(result.code, 'BAD_REQUEST')
        assert.ok(result.message.length < 300)
        return
      }
      valid++
      assert.deepEqual({ ...result.value }, { ...(body as object) })
      const members = Object.entries(result.value)
      assert.ok(members.length > 0)
      for (const [name, value] of members) {
        assert.ok(FIELDS.includes(name) && (Number.isFinite(value) || isUnset(name, value)), name)
      }
    }),
    { numRuns: 3_000 },
  )
  assert.ok(valid > 100, `only ${valid} valid bodies: the property says little`)
})

/** True for the one field that may be null: what was read where nobody set it can be written. */
function isUnset(name: string, value: unknown): boolean {
  return name === 'active_validators' && value === null
}

const EDGES: readonly (readonly [name: string, min: number, max: number, step: number, kind: string, rest?: string])[] =
  [
    ['target_peers', 0, 1000, 1, 'an integer'],
    ['max_latency_ms', 1, 60_000, 0.5, 'a number'],
    ['network_load', 1, 40, 1, 'an integer'],
    ['heartbeat_interval_ms', 80, 5000, 1, 'an integer'],
    ['discovery_interval_ms', 500, 10_000, 1, 'an integer'],
    ['active_validators', 1, 10_000_000, 1, 'an integer', ', or null'],
  ]

for (const [name, min, max, step, kind, rest = ''] of EDGES) {
  test(`parseConfigPatch: ${name} is ${kind} from ${min} to ${max}`, () => {
    for (const good of [min, min + step, max - step, max]) {
      assert.deepEqual(parseConfigPatch({ [name]: good }), { [name]: good })
    }
    const bad = [
      min - step,
      max + step,
      -1,
      Number.NaN,
      Infinity,
      1e300,
      String(min),
      `${max}`,
      null,
      true,
      [min],
      {},
      '',
    ]
    const fraction = kind === 'an integer' ? [min + 0.5, 100.000001] : []
    for (const value of [...bad, ...fraction].filter((value) => !isUnset(name, value))) {
      assert.throws(() => parseConfigPatch({ [name]: value }), {
        code: 'BAD_REQUEST',
        message: `${name} must be ${kind} from ${min} to ${max}${rest}`,
      })
    }
  })
}

test('parseConfigPatch: no count of validators is null', () => {
  assert.deepEqual(parseConfigPatch({ active_validators: null }), { active_validators: null })
})

test('the start-up settings that can be changed at run time have the same range', () => {
  const flags = {
    target_peers: 'targetPeers',
    max_latency_ms: 'maxLatencyMs',
    network_load: 'networkLoad',
    active_validators: 'activeValidators',
  } as const
  for (const [name, flag] of Object.entries(flags) as [keyof typeof flags, (typeof flags)[keyof typeof flags]][]) {
    const { min, max } = CONFIG_RANGES[name]
    const accepts = (value: number): boolean => settingsSchema.shape[flag].safeParse(String(value)).success
    assert.deepEqual([min - 1, min, max, max + 1].map(accepts), [false, true, true, false], name)
  }
})
