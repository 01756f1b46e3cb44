import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { AccessDocument } from '../../../../src/api/operator.ts'
import { parseAccessDocument } from '../../../../src/api/schemas/access-document.ts'
import { outcome } from './outcome.ts'

const PEER = '16Uiu2HAm4MqAN66Ey9CqUbSpSTCsEKHkYJH1h7oYrg8XDGXTMskH'
const OTHER = '16Uiu2HAmJB7R91zvvnx5P29vfuqpWUvjnCTKhrV4r8YgCpx1N56S'
const ADDRESS = `/ip4/127.0.0.1/tcp/9000/p2p/${PEER}`

const EMPTY: AccessDocument = {
  version: 1,
  banned_peers: [],
  banned_ip_ranges: [],
  banned_agents: [],
  trusted_peers: [],
}
const TRUSTED = { peer_id: PEER, enr: 'enr:-x', addresses: [ADDRESS] }
const FULL: AccessDocument = {
  version: 1,
  banned_peers: [OTHER],
  banned_ip_ranges: ['192.0.2.0/24', '2001:db8::/32'],
  banned_agents: ['prysm'],
  trusted_peers: [TRUSTED],
}

test('a document that was exported comes out as it is', () => {
  for (const document of [EMPTY, FULL, { ...EMPTY, trusted_peers: [{ ...TRUSTED, enr: null }] }]) {
    assert.deepEqual(parseAccessDocument(JSON.parse(JSON.stringify(document))), document)
  }
})

test('entries come out in their one form, each once, in their order', () => {
  const given = {
    version: 1,
    banned_peers: [OTHER, PEER, OTHER],
    banned_ip_ranges: ['192.0.2.9/24', '1.2.3.4', '192.0.2.0/24', '::ffff:1.2.3.4'],
    banned_agents: ['Prysm', 'PRYSM', 'erigon'],
    trusted_peers: [
      { ...TRUSTED, addresses: [ADDRESS, ADDRESS] },
      { peer_id: OTHER, enr: null, addresses: ['/a'] },
    ],
  }
  assert.deepEqual(parseAccessDocument(given), {
    version: 1,
    banned_peers: [OTHER, PEER],
    banned_ip_ranges: ['192.0.2.0/24', '1.2.3.4/32'],
    banned_agents: ['prysm', 'erigon'],
    trusted_peers: [TRUSTED, { peer_id: OTHER, enr: null, addresses: ['/a'] }],
  })
})

const REFUSED: readonly (readonly [name: string, body: unknown, message: string])[] = [
  ['nothing', undefined, 'body must be a JSON object'],
  ['an array', [FULL], 'body must be a JSON object'],
  ['another version', { ...EMPTY, version: 2 }, 'version must be 1'],
  ['the version as text', { ...EMPTY, version: '1' }, 'version must be 1'],
  ['no version', { ...EMPTY, version: undefined }, 'version must be 1'],
  ['a list left out', { ...EMPTY, banned_agents: undefined }, 'banned_agents must be an array'],
  ['a list as object', { ...EMPTY, banned_peers: {} }, 'banned_peers must be an array'],
  ['an unknown key', { ...EMPTY, comment: 'x' }, 'unknown key "comment"'],
  ['a bad peer id', { ...EMPTY, banned_peers: [PEER, 'x'] }, 'banned_peers.1 must be a peer id'],
  ['a number as peer id', { ...EMPTY, banned_peers: [7] }, 'banned_peers.0 must be a peer id'],
  ['a bad range', { ...EMPTY, banned_ip_ranges: ['1.2.3.4/33'] }, 'banned_ip_ranges.0 must be an IP range'],
  ['a number as range', { ...EMPTY, banned_ip_ranges: [1] }, 'banned_ip_ranges.0 must be a string'],
  [
    'an agent that is too long',
    { ...EMPTY, banned_agents: ['a'.repeat(129)] },
    'banned_agents.0 must be 1 to 128 printable ASCII characters',
  ],
  ['trust in a text', { ...EMPTY, trusted_peers: [PEER] }, 'trusted_peers.0 must be an object'],
  ['trust in nobody', { ...EMPTY, trusted_peers: [{}] }, 'trusted_peers.0.peer_id must be a peer id'],
  [
    'trust without an ENR member',
    { ...EMPTY, trusted_peers: [{ ...TRUSTED, enr: undefined }] },
    'trusted_peers.0.enr must be a string',
  ],
  [
    'trust with a long ENR',
    { ...EMPTY, trusted_peers: [{ ...TRUSTED, enr: 'e'.repeat(405) }] },
    'trusted_peers.0.enr must have at most 404 characters',
  ],
  [
    'trust without addresses',
    { ...EMPTY, trusted_peers: [{ ...TRUSTED, addresses: undefined }] },
    'trusted_peers.0.addresses must be an array',
  ],
  [
    'trust with nine addresses',
    { ...EMPTY, trusted_peers: [{ ...TRUSTED, addresses: Array(9).fill(ADDRESS) }] },
    'trusted_peers.0.addresses must have at most 8 entries',
  ],
  [
    'trust with a long address',
    { ...EMPTY, trusted_peers: [{ ...TRUSTED, addresses: ['/'.repeat(513)] }] },
    'trusted_peers.0.addresses.0 must have at most 512 characters',
  ],
  ['trust with more', { ...EMPTY, trusted_peers: [{ ...TRUSTED, is_connected: true }] }, 'unknown key "is_connected"'],
]

for (const [name, body, message] of REFUSED) {
  test(`${name}: ${message}`, () => {
    assert.throws(() => parseAccessDocument(body), { code: 'BAD_REQUEST', message })
  })
}

const BOUNDS = [
  ['banned_peers', 16_384, 1],
  ['banned_ip_ranges', 4_096, 1],
  ['banned_agents', 64, 1],
  ['trusted_peers', 256, 256],
] as const

for (const [name, bound, kept] of BOUNDS) {
  test(`${name} may have ${bound} entries; of more, none is looked at`, () => {
    const entry = FULL[name][0]
    assert.equal(parseAccessDocument({ ...EMPTY, [name]: Array(bound).fill(entry) })[name].length, kept)
    const unread = new Proxy({}, { get: () => assert.fail('looked at') })
    assert.throws(() => parseAccessDocument({ ...EMPTY, [name]: Array(bound + 1).fill(unread) }), {
      message: `${name} must have at most ${bound} entries`,
    })
  })
}

test('any JSON is a document that comes out of itself unchanged, or BAD_REQUEST with a short text', () => {
  const noise = fc.jsonValue()
  const listOf = (...entries: readonly fc.Arbitrary<unknown>[]) => fc.array(fc.oneof(...entries), { maxLength: 3 })
  const peerId = fc.constantFrom(PEER, OTHER)
  const trusted = fc.record({
    peer_id: peerId,
    enr: fc.option(fc.constant('enr:-x')),
    addresses: fc.array(fc.constantFrom(ADDRESS, '/a', '/b'), { maxLength: 3 }),
  })
  const near = fc.record(
    {
      version: fc.constantFrom(1, 1, 1, 1, 2),
      banned_peers: listOf(peerId),
      banned_ip_ranges: listOf(fc.ipV4(), fc.ipV6()),
      banned_agents: listOf(fc.constantFrom('Prysm', 'lodestar', 'x'.repeat(128))),
      trusted_peers: listOf(trusted),
    },
    { noNullPrototype: true },
  )
  const spoilt = fc
    .tuple(near, fc.constantFrom('banned_peers', 'trusted_peers', 'version', '__proto__', 'x'), noise)
    .map(([document, key, value]) => ({ ...document, [key]: value }))
  let valid = 0
  fc.assert(
    fc.property(fc.oneof(near, near, spoilt, noise), (json) => {
      const result = outcome(() => parseAccessDocument(JSON.parse(JSON.stringify(json))))
      if ('code' in result) {
        assert.equal(result.code, 'BAD_REQUEST')
        assert.ok(result.message.length < 200, result.message)
        return
      }
      valid++
      assert.deepEqual(parseAccessDocument(result.value), result.value)
    }),
    { numRuns: 1_000 },
  )
  assert.ok(valid > 100, `only ${valid} valid documents`)
})
