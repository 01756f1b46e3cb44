import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeNodeRecord } from '../../../src/consensus/decode-node-record.ts'
import { networkByName } from '../../../src/consensus/networks.ts'
import { resolveTarget, targetOfText } from '../../../src/network-worker/peers/dialling/dial-target.ts'
import { base58Text, numberedKeyId, numberedPeerId } from './base58-text.ts'
import { load, problemLines, scratchDirectory } from './load-with.ts'

const RECORDS = networkByName('mainnet').bootnodes
const hasAddress = (enr: string): boolean => decodeNodeRecord(enr).addresses.length > 0
/** A record that peers can be reached by, one of a node that only discovery reaches, and one whose signature is wrong. */
const ENR = RECORDS.find(hasAddress) ?? ''
const WITHOUT_ADDRESS = RECORDS.find((enr) => !hasAddress(enr)) ?? ''
const FORGED = ENR.replace(/^(enr:.{20})./, (_, head: string) => `${head}${ENR[24] === 'A' ? 'B' : 'A'}`)

const ID = numberedKeyId(0)
/** In the form of a peer id of secp256k1, and no point of its curve. */
const NO_KEY = base58Text(Buffer.from(`0025080212210${'2'.padEnd(65, 'f')}`, 'hex'))
const NEITHER = 'is not an ENR (enr:…) or a multiaddr (/ip4/…/tcp/…)'

const GOOD = [
  ENR,
  `/ip4/192.0.2.1/tcp/9000/p2p/${ID}`,
  `/ip6/2001:db8::1/udp/9001/quic-v1/p2p/${numberedPeerId(1)}`,
  `/dns4/relay-1.example/tcp/1/p2p/12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA`,
  `/dns/a_b/udp/65535/quic-v1/p2p/${ID}`,
]

const BAD: readonly (readonly [text: string, fault: string])[] = [
  ['enr:', 'is an invalid ENR: '],
  ['enr:***', 'is an invalid ENR: not base64url without padding'],
  [`enr:${'A'.repeat(401)}`, 'is an invalid ENR: over 300 bytes'],
  [FORGED, 'is an invalid ENR: '],
  [`${ENR}=`, 'is an invalid ENR: not base64url without padding'],
  [WITHOUT_ADDRESS, 'has no TCP or QUIC address'],
  ['/ip4/192.0.2.1/tcp/9000', 'does not end in /p2p/<peer id>'],
  [`/ip4/192.0.2.1/tcp/9000/p2p/${ID}/p2p-circuit`, 'does not end in /p2p/<peer id>'],
  ['/ip4/192.0.2.1/tcp/9000/p2p/16Uiu2HAx', 'has no valid peer id after /p2p/'],
  [`/ip4/192.0.2.1/tcp/9000/p2p/${NO_KEY}`, 'has no valid peer id after /p2p/'],
  [`/ip4/192.0.2.1/udp/9000/p2p/${ID}`, 'is neither /tcp/… nor /udp/…/quic-v1'],
  [`/ip4/192.0.2.1/tcp/9000/quic-v1/p2p/${ID}`, 'is neither /tcp/… nor /udp/…/quic-v1'],
  [`/ip4/192.0.2.1/tcp/9000/ws/p2p/${ID}`, 'is neither /tcp/… nor /udp/…/quic-v1'],
  ...[
    `/ip4/192.0.2.256/tcp/9000/p2p/${ID}`,
    `/ip4/2001:db8::1/tcp/9000/p2p/${ID}`,
    `/ip6/fe80::1%eth0/tcp/9000/p2p/${ID}`,
    `/dns4/a?b/tcp/9000/p2p/${ID}`,
    `/ip4/192.0.2.1/tcp/65536/p2p/${ID}`,
    `/ip4/192.0.2.1/tcp/0/p2p/${ID}`,
    `/ip4/192.0.2.1/tcp/09000/p2p/${ID}`,
    `/p2p/${ID}`,
    '/unix/a',
    '127.0.0.1:9000',
    'enode://abc@1.2.3.4:5',
  ].map((text) => [text, NEITHER] as const),
]

for (const [flag, field] of [
  ['--peers', 'peers'],
  ['--trusted-peers', 'trustedPeers'],
] as const) {
  test(`${flag} takes what the network worker can use, and nothing else`, () => {
    assert.deepEqual(load([flag, GOOD.join(',')])[field], GOOD)
    for (const text of GOOD) assert.doesNotThrow(() => resolveTarget(targetOfText(text)), text)
    for (const [text, fault] of BAD) {
      const [line = '', ...more] = problemLines([flag, text])
      assert.ok(line.startsWith(`${flag}: "${text.slice(0, 80)}`) && line.includes(`" ${fault}`), line)
      assert.deepEqual(more, [])
    }
  })
}

test('a boot node may be a record without an address for peers, or a multiaddr without a peer id', () => {
  const nodes = [ENR, WITHOUT_ADDRESS, '/ip4/192.0.2.1/udp/9000', `/dns4/boot.example/tcp/9000/p2p/${ID}`]
  assert.deepEqual(load(['--bootnodes', nodes.join(',')]).bootnodes, nodes)
  for (const [text, fault] of [
    [FORGED, 'is an invalid ENR: '],
    ['/ip4/192.0.2.256/udp/9000', NEITHER],
    ['boot.example', NEITHER],
  ] as const) {
    const [line = ''] = problemLines(['--bootnodes', text])
    assert.ok(line.includes(`" ${fault}`), line)
  }
})

test('wrong peers are told together with all other mistakes, each with its source', () => {
  using scratch = scratchDirectory()
  scratch.write('relay.yaml', 'peers: [/ip4/192.0.2.1/tcp/9000, nobody]\n')
  const env = { STARLING_TRUSTED_PEERS: '/ip4/192.0.2.1/tcp/9000' }
  assert.deepEqual(problemLines(['--config=relay.yaml', '--port=x', '--bootnodes=enr:-'], { cwd: scratch.path, env }), [
    '--port: must be a whole number from 0 to 65535; got "x"',
    '--bootnodes: "enr:-" is an invalid ENR: not base64url without padding',
    'peers in relay.yaml: "/ip4/192.0.2.1/tcp/9000" does not end in /p2p/<peer id>',
    `peers in relay.yaml: "nobody" ${NEITHER}`,
    'STARLING_TRUSTED_PEERS: "/ip4/192.0.2.1/tcp/9000" does not end in /p2p/<peer id>',
  ])
})
