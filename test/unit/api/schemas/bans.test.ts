import assert from 'node:assert/strict'
import { isIP } from 'node:net'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseAgentBody, parseAgentParam, parseRangeBody, parseRangeParam } from '../../../../src/api/schemas/bans.ts'
import { outcome } from './outcome.ts'

const AGENT_TEXT = 'agent must be 1 to 128 printable ASCII characters'

const RANGES: readonly (readonly [given: string, canonical: string])[] = [
  ['1.2.3.4', '1.2.3.4/32'],
  ['1.2.3.4/32', '1.2.3.4/32'],
  ['192.0.2.77/24', '192.0.2.0/24'],
  ['0.0.0.0/0', '0.0.0.0/0'],
  ['2001:DB8::1', '2001:db8::1/128'],
  ['2001:db8:ffff::/32', '2001:db8::/32'],
  ['::ffff:192.0.2.1', '192.0.2.1/32'],
  ['0000:0000:0000:0000:0000:ffff:255.255.255.255/128', '255.255.255.255/32'],
]

test('a range is the same in a path and in a body: canonical, a single address with its full prefix', () => {
  for (const [given, canonical] of RANGES) {
    assert.equal(parseRangeParam(given), canonical)
    assert.equal(parseRangeBody({ cidr: given }), canonical)
    assert.equal(parseRangeParam(canonical), canonical)
  }
})

test('what is no range is BAD_IP_RANGE with one text, wherever it stands', () => {
  const bad = [
    '',
    ' 1.2.3.4',
    '1.2.3.4\n',
    '1.2.3',
    '01.2.3.4',
    '0x1.2.3.4',
    '1.2.3.256',
    '1.2.3.4/33',
    '1.2.3.4/-1',
    '1.2.3.4/',
    '1.2.3.4/024',
    '1.2.3.4/24/24',
    '1.2.3.4%2F24',
    '2001:db8::/129',
    'fe80::1%eth0',
    '[::1]',
    'localhost',
    `${'0'.repeat(60)}1.2.3.4`,
  ]
  for (const text of bad) {
    const expected = { code: 'BAD_IP_RANGE', message: 'invalid IP range' }
    assert.deepEqual(
      outcome(() => parseRangeParam(text)),
      expected,
      text,
    )
    assert.deepEqual(
      outcome(() => parseRangeBody({ cidr: text })),
      expected,
      text,
    )
  }
})

test('parseRangeParam answers a canonical range that stands for itself, or BAD_IP_RANGE, for anything', () => {
  const range = fc
    .tuple(fc.oneof(fc.ipV4(), fc.ipV6()), fc.option(fc.integer({ min: -1, max: 130 })))
    .map(([address, prefix]) => (prefix === null ? address : `${address}/${prefix}`))
  let valid = 0
  fc.assert(
    fc.property(fc.oneof(range, range, fc.string(), fc.anything()), (param) => {
      const result = outcome(() => parseRangeParam(param))
      if ('code' in result) return assert.equal(result.code, 'BAD_IP_RANGE')
      valid++
      const [address = '', prefix] = result.value.split('/')
      assert.ok(isIP(address) !== 0 && Number(prefix) <= (isIP(address) === 4 ? 32 : 128), result.value)
      assert.equal(parseRangeParam(result.value), result.value)
    }),
    { numRuns: 1_000 },
  )
  assert.ok(valid > 100, `only ${valid} valid ranges`)
})

test('an agent name comes out in lower case; its length and letters are bounded', () => {
  assert.equal(parseAgentParam('Lighthouse/v6.0.1 (x86_64)'), 'lighthouse/v6.0.1 (x86_64)')
  assert.equal(parseAgentBody({ agent: 'PRYSM' }), 'prysm')
  assert.equal(parseAgentParam('~ '), '~ ')
  assert.equal(parseAgentParam('a'.repeat(128)).length, 128)
  for (const bad of ['', 'a'.repeat(129), 'a\n', '\0', 'é', 'İ', '\x7f']) {
    for (const run of [() => parseAgentParam(bad), () => parseAgentBody({ agent: bad })]) {
      assert.deepEqual(outcome(run), { code: 'BAD_REQUEST', message: AGENT_TEXT }, bad)
    }
  }
})

test('parseAgentParam answers lower-case printable ASCII, or BAD_REQUEST, for anything', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ maxLength: 140 }), fc.string({ unit: 'binary' }), fc.anything()), (param) => {
      const result = outcome(() => parseAgentParam(param))
      if ('code' in result) assert.equal(result.code, 'BAD_REQUEST')
      else assert.match(result.value, /^[ -@[-~]{1,128}$/)
    }),
    { numRuns: 1_000 },
  )
})

const BODIES: readonly (readonly [parse: (body: unknown) => string, body: unknown, message: string])[] = [
  [parseRangeBody, undefined, 'body must be a JSON object'],
  [parseRangeBody, [], 'body must be a JSON object'],
  [parseRangeBody, {}, 'cidr must be a string'],
  [parseRangeBody, { cidr: ['1.2.3.4'] }, 'cidr must be a string'],
  [parseRangeBody, { cidr: '1.2.3.4', note: 'x' }, 'unknown key "note"'],
  [parseAgentBody, null, 'body must be a JSON object'],
  [parseAgentBody, {}, 'agent must be a string'],
  [parseAgentBody, { agent: 7 }, 'agent must be a string'],
  [parseAgentBody, { agent: 'x', regex: true }, 'unknown key "regex"'],
]

for (const [parse, body, message] of BODIES) {
  test(`${parse.name} of ${JSON.stringify(body)}: ${message}`, () => {
    assert.throws(() => parse(body), { code: 'BAD_REQUEST', message })
  })
}

test('any JSON as a body is a rule, or BAD_REQUEST or BAD_IP_RANGE with a short text', () => {
  const near = fc.dictionary(
    fc.constantFrom('cidr', 'agent', '__proto__', 'x'),
    fc.oneof(fc.ipV4(), fc.string(), fc.jsonValue()),
    { maxKeys: 2 },
  )
  fc.assert(
    fc.property(fc.oneof(near, fc.jsonValue()), (json) => {
      const body: unknown = JSON.parse(JSON.stringify(json))
      for (const parse of [parseRangeBody, parseAgentBody]) {
        const result = outcome(() => parse(body))
        if (!('code' in result)) continue
        assert.match(result.code, /^BAD_(REQUEST|IP_RANGE)$/)
        assert.ok(result.message.length < 100)
      }
    }),
    { numRuns: 500 },
  )
})
