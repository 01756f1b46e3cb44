import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { NETWORK_NAMES, networkByName } from '../../../src/consensus/networks.ts'
import { numberedPeerId } from './base58-text.ts'
import { load } from './load-with.ts'

test('nothing given: every default, with absolute paths', () => {
  const { network, bootnodes, ...rest } = load([], { cwd: '/srv/relay' })
  assert.deepEqual(network, networkByName('mainnet'))
  assert.deepEqual(bootnodes, [...network.bootnodes])
  assert.deepEqual(JSON.parse(JSON.stringify(rest)), {
    dataDir: '/srv/relay/data',
    validatorRegistry: false,
    listenAddresses: ['0.0.0.0'],
    enrIps: [],
    port: 9000,
    quicPort: 9001,
    tcp: true,
    quic: true,
    layers: 'own',
    keepWindows: true,
    growWindows: true,
    congestionControl: 'auto',
    peers: [],
    trustedPeers: [],
    bannedPeers: [],
    banDuration: 1800,
    discovery: true,
    targetPeers: 80,
    maxLatencyMs: 150,
    countLoopback: false,
    ipLimitExempt: [],
    networkLoad: 5,
    activeValidators: 1_000_000,
    topics: [
      'beacon_block',
      'beacon_aggregate_and_proof',
      'proposer_slashing',
      'attester_slashing',
      'voluntary_exit',
      'sync_committee_contribution_and_proof',
      'bls_to_execution_change',
      'blob_sidecar',
      'data_column_sidecar',
    ],
    attestationSubnets: 'backbone',
    custodyColumns: 'custody',
    recentSlots: 64,
    validation: { default: 'default', perTopic: {} },
    corroborationTimeMs: 4000,
    apiAddress: '127.0.0.1',
    apiPort: 5052,
    corsOrigin: [],
    metrics: true,
    logLevel: 'info',
    logFormat: 'json',
  })
})

test('the log is pretty on a terminal unless a format is asked for', () => {
  assert.equal(load([], { isTty: true }).logFormat, 'pretty')
  assert.equal(load(['--log-format', 'json'], { isTty: true }).logFormat, 'json')
  assert.equal(load(['--log-format=pretty']).logFormat, 'pretty')
})

test('every named network loads, and its boot nodes give way to the operator’s', () => {
  for (const name of NETWORK_NAMES) assert.equal(load(['--network', name]).network.name, name)
  assert.deepEqual(load(['--bootnodes=']).bootnodes, [])
  assert.deepEqual(load(['--bootnodes', '/ip4/10.0.0.1/tcp/9000']).bootnodes, ['/ip4/10.0.0.1/tcp/9000'])
})

test('active validators: the network’s own unless given, and nobody’s on other networks', () => {
  assert.equal(load(['--network', 'hoodi']).activeValidators, null)
  assert.equal(load(['--network', 'hoodi', '--active-validators', '900']).activeValidators, 900)
  assert.equal(load(['--active-validators', '900']).activeValidators, 900)
})

test('a configuration survives a structured clone unchanged and belongs to its caller', () => {
  const config = load([
    '--peers',
    `/dns4/a.example/tcp/9000/p2p/${numberedPeerId(1)}`,
    '--validation',
    'beacon_block=none',
  ])
  assert.deepEqual(structuredClone(config), config)
  config.peers.push('changed')
  config.bootnodes.push('changed')
  assert.ok(!load([]).peers.includes('changed'))
  assert.ok(!load([]).bootnodes.includes('changed'))
})

test('defaults are not shared between configurations', () => {
  const first = load([])
  first.peers.push('changed')
  first.corsOrigin.push('changed')
  if (typeof first.topics !== 'string') first.topics.length = 0
  assert.deepEqual(load([]).peers, [])
  assert.deepEqual(load([]).corsOrigin, [])
  assert.equal(load([]).topics.length, 9)
})

test('relative paths start from the working directory', () => {
  const config = load(['--data-dir', 'here', '--log-file', '../log.json'], { cwd: '/srv/relay' })
  assert.equal(config.dataDir, join('/srv/relay', 'here'))
  assert.equal(config.logFile, '/srv/log.json')
  assert.equal(load(['--data-dir', '/abs']).dataDir, '/abs')
})
