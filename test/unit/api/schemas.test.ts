import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { CONFIG_RANGES } from '../../../src/api/config-ranges.ts'
import {
  parseConfigPatch,
  parseDialTarget,
  parsePeerId,
  parseSyncingStatus,
  parseTopicParam,
} from '../../../src/api/schemas.ts'
import { settingsSchema } from '../../../src/config/schema.ts'
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

test('parsePeerId takes base58 of 46 to 60 characters that begin with 1 or Q, and nothing else', () => {
  const base58 = fc.constantFrom(...'123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz')
  fc.assert(
    fc.property(
      fc.constantFrom('1', 'Q', '2', 'b', 'k'),
      fc.string({ unit: base58, minLength: 40, maxLength: 70 }),
      (first, rest) => {
        const id = `${first}${rest}`
        const valid = /^[1Q]/.test(id) && id.length >= 46 && id.length <= 60
        assert.deepEqual(
          outcome(() => parsePeerId(id)),
          valid ? { value: id } : { code: 'BAD_PEER_ID', message: 'invalid peer id' },
        )
      },
    ),
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

const FIELDS = ['target_peers', 'max_latency_ms', 'network_load', 'heartbeat_interval_ms', 'discovery_interval_ms']

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
        assert.ok(FIELDS.includes(name) && typeof value === 'number' && Number.isFinite(value), name)
      }
    }),
    { numRuns: 3_000 },
  )
  assert.ok(valid > 100, `only ${valid} valid bodies: the property says little`)
})

const EDGES: readonly (readonly [name: string, min: number, max: number, step: number, kind: string])[] = [
  ['target_peers', 0, 1000, 1, 'an integer'],
  ['max_latency_ms', 1, 60_000, 0.5, 'a number'],
  ['network_load', 1, 40, 1, 'an integer'],
  ['heartbeat_interval_ms', 80, 5000, 1, 'an integer'],
  ['discovery_interval_ms', 500, 10_000, 1, 'an integer'],
]

for (const [name, min, max, step, kind] of EDGES) {
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
    for (const value of [...bad, ...fraction]) {
      assert.throws(() => parseConfigPatch({ [name]: value }), {
        code: 'BAD_REQUEST',
        message: `${name} must be ${kind} from ${min} to ${max}`,
      })
    }
  })
}

test('the start-up settings that can be changed at run time have the same range', () => {
  const flags = { target_peers: 'targetPeers', max_latency_ms: 'maxLatencyMs', network_load: 'networkLoad' } as const
  for (const [name, flag] of Object.entries(flags) as [keyof typeof flags, (typeof flags)[keyof typeof flags]][]) {
    const { min, max } = CONFIG_RANGES[name]
    const accepts = (value: number): boolean => settingsSchema.shape[flag].safeParse(String(value)).success
    assert.deepEqual([min - 1, min, max, max + 1].map(accepts), [false, true, true, false], name)
  }
})

test('parseTopicParam takes a topic in its exact form, and refuses everything else with BAD_TOPIC', () => {
  const topic = '/eth2/a4e6abeb/beacon_block/ssz_snappy'
  for (const good of [
    topic,
    '/eth2/00000000/data_column_sidecar_127/ssz_snappy',
    `/eth2/ffffffff/${'a'.repeat(64)}/ssz_snappy`,
  ]) {
    assert.equal(parseTopicParam(good), good)
  }
  const bad = [
    topic.slice(1),
    `/${topic}`,
    `${topic}/`,
    `${topic}\n`,
    `${topic}\0`,
    ` ${topic}`,
    encodeURIComponent(topic),
    topic.toUpperCase(),
    topic.replace('a4e6abeb', 'A4E6ABEB'),
    topic.replace('a4e6abeb', '0xa4e6abeb'),
    topic.replace('a4e6abeb', 'a4e6abe'),
    topic.replace('beacon_block', ''),
    topic.replace('beacon_block', 'beacon-block'),
    topic.replace('beacon_block', 'beacon_block/..'),
    topic.replace('beacon_block', 'é'),
    topic.replace('beacon_block', 'a'.repeat(65)),
    topic.replace('ssz_snappy', 'ssz'),
    'beacon_block',
    '',
  ]
  for (const text of bad)
    assert.throws(() => parseTopicParam(text), { code: 'BAD_TOPIC', message: 'invalid topic' }, text)
  fc.assert(
    fc.property(
      fc.oneof(fc.anything(), fc.string(), fc.stringMatching(/^\/eth2\/[0-9a-g]{8}\/[a-z_]+\/ssz_snappy$/)),
      (value) => {
        const result = outcome(() => parseTopicParam(value))
        if ('code' in result) assert.equal(result.code, 'BAD_TOPIC')
        else assert.match(result.value, /^\/eth2\/[0-9a-f]{8}\/[a-z0-9_]+\/ssz_snappy$/)
      },
    ),
  )
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
