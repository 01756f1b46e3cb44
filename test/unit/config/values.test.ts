import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RelayConfig } from '../../../src/config/schema.ts'
import { VOTE_KINDS } from '../../../src/consensus/topic-table.ts'
import { numberedPeerId } from './base58-text.ts'
import { load, problemLines } from './load-with.ts'

/** Flag, field, texts that are accepted and what they become, texts that are refused. */
const CASES: readonly [string, keyof RelayConfig, readonly (readonly [string, unknown])[], readonly string[]][] = [
  [
    '--network-load',
    'networkLoad',
    [
      ['1', 1],
      ['40', 40],
    ],
    ['0', '41', '5.5', '-1', '1e1', '0x5', '', ' 5'],
  ],
  [
    '--port',
    'port',
    [
      ['0', 0],
      ['65535', 65535],
    ],
    ['65536', '-1', 'tcp', '9000.0'],
  ],
  ['--enr-tcp', 'enrTcp', [['1', 1]], ['0', '65536']],
  ['--enr-udp', 'enrUdp', [['9000', 9000]], ['0']],
  ['--enr-quic', 'enrQuic', [['9001', 9001]], ['0']],
  [
    '--target-peers',
    'targetPeers',
    [
      ['0', 0],
      ['1000', 1000],
    ],
    ['1001', 'many'],
  ],
  [
    '--max-latency-ms',
    'maxLatencyMs',
    [
      ['150.5', 150.5],
      ['1', 1],
    ],
    ['0', '60001', 'NaN', 'Infinity', '.5', '1.'],
  ],
  [
    '--listen-address',
    'listenAddresses',
    [
      ['::', ['::']],
      ['10.0.0.1', ['10.0.0.1']],
      ['::, 0.0.0.0', ['0.0.0.0', '::']],
      ['10.0.0.1,10.0.0.1', ['10.0.0.1']],
    ],
    ['localhost', '10.1', 'fe80::1%eth0', '', '10.0.0.1,10.0.0.2', '::,::1', '::,0::0', '::,x'],
  ],
  [
    '--enr-ip',
    'enrIps',
    [
      ['192.0.2.1', ['192.0.2.1']],
      ['2001:db8::1', ['2001:db8::1']],
      ['2001:db8::1,192.0.2.1', ['192.0.2.1', '2001:db8::1']],
      ['', []],
    ],
    ['example.org', '256.0.0.1', '192.0.2.1,192.0.2.2'],
  ],
  [
    '--log-level',
    'logLevel',
    [
      ['silent', 'silent'],
      ['trace', 'trace'],
    ],
    ['INFO', 'verbose'],
  ],
  ['--log-format', 'logFormat', [['json', 'json']], ['text']],
  [
    '--ban-duration',
    'banDuration',
    [
      ['1', 1],
      ['43200', 43_200],
      ['31536000', 31_536_000],
    ],
    ['0', '31536001', '1.5', '30m'],
  ],
  [
    '--active-validators',
    'activeValidators',
    [
      ['1', 1],
      ['10000000', 10_000_000],
    ],
    ['0', '10000001', '1e6'],
  ],
  [
    '--ip-limit-exempt',
    'ipLimitExempt',
    [['10.0.0.0/8,fd00::/8', ['10.0.0.0/8', 'fd00::/8']]],
    ['10.0.0.1', '10.0.0.0/33', '10/8', '::/129', '010.0.0.0/8', '/8'],
  ],
  [
    '--cors-origin',
    'corsOrigin',
    [
      ['*', ['*']],
      ['https://a.test:8443', ['https://a.test:8443']],
    ],
    ['https://a.test/', 'a.test', 'ftp://a.test', 'null', 'https://A.test', 'https://u@a.test'],
  ],
  [
    '--topics',
    'topics',
    [
      ['all', 'all'],
      ['none', 'none'],
      ['beacon_block,sync_committee', ['beacon_block', 'sync_committee']],
    ],
    ['', 'all,none', 'blocks', 'beacon_attestation', 'toString', '__proto__'],
  ],
  [
    '--attestation-subnets',
    'attestationSubnets',
    [
      ['all', 'all'],
      ['none', 'none'],
      ['backbone', 'backbone'],
      ['63,0,7,0', [0, 7, 63]],
    ],
    ['64', 'all,1', '', '-1', '1.5'],
  ],
  [
    '--custody-columns',
    'custodyColumns',
    [
      ['custody', 'custody'],
      ['all', 'all'],
      ['127,5', [5, 127]],
    ],
    ['128', 'none', ''],
  ],
]

for (const [flag, field, accepted, refused] of CASES) {
  test(`${flag} accepts its values and nothing else`, () => {
    for (const [text, expected] of accepted) assert.deepEqual(load([`${flag}=${text}`])[field], expected, text)
    for (const text of refused) {
      const lines = problemLines([`${flag}=${text}`])
      assert.ok(lines.length > 0 && lines.every((line) => line.startsWith(`${flag}: `)), `${text} → ${lines}`)
    }
  })
}

test('every bad item of a list is named', () => {
  assert.deepEqual(problemLines(['--ip-limit-exempt', 'x,10.0.0.0/8,y']), [
    '--ip-limit-exempt: "x" is not an address range such as 10.0.0.0/8',
    '--ip-limit-exempt: "y" is not an address range such as 10.0.0.0/8',
  ])
})

test('an address of each family, no more', () => {
  const flags = ['--listen-address', '0.0.0.0', '--listen-address=::', '--enr-ip', '192.0.2.1']
  assert.deepEqual(load(flags).listenAddresses, ['0.0.0.0', '::'])
  assert.deepEqual(problemLines([...flags, '--listen-address', '::1', '--enr-ip', '192.0.2.2']), [
    '--listen-address: must have at most one IPv4 and one IPv6 address; got "0.0.0.0,::,::1"',
    '--enr-ip: must have at most one IPv4 and one IPv6 address; got "192.0.2.1,192.0.2.2"',
  ])
  assert.deepEqual(problemLines(['--listen-address=']), ['--listen-address: must have at least one address'])
})

test('there may be 256 trusted peers', () => {
  const peers = Array.from({ length: 257 }, (_, index) => `/ip4/10.0.0.1/tcp/9000/p2p/${numberedPeerId(index)}`)
  assert.equal(load(['--trusted-peers', peers.slice(1).join(',')]).trustedPeers.length, 256)
  assert.deepEqual(problemLines(['--trusted-peers', peers.join(',')]), [
    '--trusted-peers: must have at most 256 items; got 257',
  ])
})

test('a mistyped topic is answered with the nearest one', () => {
  assert.deepEqual(problemLines(['--topics', 'beacon_blok,beacon_attestation']), [
    '--topics: "beacon_blok" is not a gossip topic; did you mean beacon_block?',
    '--topics: beacon_attestation is chosen with --attestation-subnets',
  ])
})

test('validation takes one policy for all topics and one a topic', () => {
  assert.deepEqual(load(['--validation', 'none']).validation, { default: 'none', perTopic: {} })
  assert.deepEqual(load(['--validation', 'beacon_block=none', '--validation=blob_sidecar=blind']).validation, {
    default: 'default',
    perTopic: { beacon_block: 'none', blob_sidecar: 'blind' },
  })
  assert.deepEqual(load(['--validation', 'none,beacon_attestation=blind']).validation, {
    default: 'none',
    perTopic: { beacon_attestation: 'blind' },
  })
})

test('validation: corroborate takes the number of peers, two unless said', () => {
  assert.deepEqual(load(['--validation', 'strict,voluntary_exit=corroborate,beacon_block=corroborate(3)']).validation, {
    default: 'strict',
    perTopic: { voluntary_exit: 'corroborate(2)', beacon_block: 'corroborate(3)' },
  })
  assert.deepEqual(load(['--validation', 'default,voluntary_exit=blind']).validation, {
    default: 'default',
    perTopic: { voluntary_exit: 'blind' },
  })
})

test('validation: sampled is for votes, one kind at a time', () => {
  const { perTopic } = load(['--validation', 'blind,sync_committee=sampled']).validation
  assert.deepEqual(perTopic, { sync_committee: 'sampled' })
  for (const item of ['sampled', 'beacon_block=sampled']) {
    assert.deepEqual(problemLines(['--validation', item]), [
      `--validation: sampled is for votes only: ${VOTE_KINDS.join(', ')}`,
    ])
  }
})

test('validation refuses what is no policy and what contradicts itself', () => {
  const use = 'use strict, corroborate, corroborate(2..8), sampled, blind or none'
  assert.deepEqual(problemLines(['--validation', 'blind,none,beacon_block=none,beacon_block=none']), [
    '--validation: gives more than one policy for all topics',
    '--validation: gives beacon_block twice',
  ])
  assert.deepEqual(problemLines(['--validation', 'blnd,blocks=none,=none,__proto__=none']), [
    `--validation: "blnd" is not a validation policy; ${use}`,
    '--validation: "blocks" is not a gossip topic',
    '--validation: "" is not a gossip topic',
    '--validation: "__proto__" is not a gossip topic',
  ])
  const wrong = ['corroborate(1)', 'corroborate(9)', 'corroborate(22)', 'corroborate()', 'voluntary_exit=default']
  for (const item of wrong) {
    const policy = item.split('=').at(-1)
    assert.deepEqual(problemLines(['--validation', item]), [
      `--validation: "${policy}" is not a validation policy; ${use}`,
    ])
  }
})

test('a bad value is quoted, escaped and cut', () => {
  const [line = ''] = problemLines([`--log-level=\n\u001b${'x'.repeat(200)}`])
  assert.ok(line.includes('got "\\n\\u001bxxx') && line.length < 200, line)
})

test('the beacon node is a URL without anything secret but its path', () => {
  for (const url of ['http://127.0.0.1:5051', 'https://node.example/token/', 'http://[::1]:5051']) {
    assert.equal(load([`--beacon-node=${url}`]).beaconNode, url)
  }
  for (const [url, reason] of [
    ['127.0.0.1:5051', 'must be a URL such as http://127.0.0.1:5051'],
    ['', 'must be a URL such as http://127.0.0.1:5051'],
    ['ftp://127.0.0.1', 'must be a URL such as http://127.0.0.1:5051'],
    ['http://me:hush@127.0.0.1', 'must not hold a user or password'],
    ['http://127.0.0.1/?key=hush', 'must not hold a query or fragment'],
  ]) {
    assert.deepEqual(problemLines([`--beacon-node=${url}`]), [`--beacon-node: ${reason}`])
  }
})
