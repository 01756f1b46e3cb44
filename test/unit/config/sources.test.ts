import assert from 'node:assert/strict'
import { test } from 'node:test'
import { numberedPeerId } from './base58-text.ts'
import { load, problemLines, scratchDirectory } from './load-with.ts'

test('flag beats environment beats file beats default, setting by setting', () => {
  using scratch = scratchDirectory()
  const [first, second] = [1, 2].map((index) => `/ip4/10.0.0.${index}/tcp/1/p2p/${numberedPeerId(index)}`)
  scratch.write('relay.yaml', `target-peers: 10\nnetwork-load: 11\nport: 12\npeers: [${first}]\n`)
  const config = load(['--config', 'relay.yaml', '--target-peers=30'], {
    cwd: scratch.path,
    env: { STARLING_TARGET_PEERS: '20', STARLING_NETWORK_LOAD: '21', STARLING_PEERS: second },
  })
  assert.equal(config.targetPeers, 30)
  assert.equal(config.networkLoad, 21)
  assert.equal(config.port, 12)
  assert.equal(config.apiPort, 5052)
  assert.deepEqual(config.peers, [second], 'a list replaces, it does not add')
})

test('the environment names the file too, and a flag names another', () => {
  using scratch = scratchDirectory()
  const env = { STARLING_CONFIG: scratch.write('a.yaml', 'port: 1') }
  assert.equal(load([], { env }).port, 1)
  assert.equal(load(['--config', scratch.write('b.yaml', 'port: 2')], { env }).port, 2)
})

test('environment: switches in both forms, lists by commas, empty is absent, strangers are left alone', () => {
  assert.equal(load([], { env: { STARLING_QUIC: 'false' } }).quic, false)
  assert.equal(load([], { env: { STARLING_NO_QUIC: 'true' } }).quic, false)
  assert.equal(load([], { env: { STARLING_NO_QUIC: '0' } }).quic, true)
  assert.equal(load([], { env: { STARLING_PORT: '', STARLING_API_PORT: '  ' } }).port, 9000)
  assert.deepEqual(load([], { env: { STARLING_CUSTODY_COLUMNS: '3, 1' } }).custodyColumns, [1, 3])
  assert.equal(load([], { env: { STARLING_SERVICE_HOST: '10.0.0.1', STARLING_HELP: 'x', PORT: '1' } }).port, 9000)
  assert.deepEqual(
    problemLines([], { env: { STARLING_QUIC: '1', STARLING_NO_QUIC: '1', STARLING_PORT: 'tcp://10.0.0.1:9000' } }),
    [
      'STARLING_NO_QUIC: given as well as STARLING_QUIC',
      'STARLING_PORT: must be a whole number from 0 to 65535; got "tcp://10.0.0.1:9000"',
    ],
  )
})

test('file: scalars, lists and switches, with hex left as text', () => {
  using scratch = scratchDirectory()
  const root = '00'.repeat(31)
  const file = scratch.write(
    'relay.yaml',
    `# a comment
genesis-validators-root: 0x${root}01
max-latency-ms: 99.5
no-quic: true
topics: [beacon_block, voluntary_exit]
attestation-subnets: 1, 2
bootnodes: []
validation:
  - none
  - beacon_block=blind
`,
  )
  const config = load(['--config', file])
  assert.equal(config.network.genesisValidatorsRootHex, `${root}01`)
  assert.equal(config.maxLatencyMs, 99.5)
  assert.equal(config.quic, false)
  assert.deepEqual(config.topics, ['beacon_block', 'voluntary_exit'])
  assert.deepEqual(config.attestationSubnets, [1, 2])
  assert.deepEqual(config.bootnodes, [])
  assert.deepEqual(config.validation, { default: 'none', perTopic: { beacon_block: 'blind' } })
})

test('file: unknown keys and values of the wrong outline are named with the file', () => {
  using scratch = scratchDirectory()
  const file = scratch.write(
    'relay.yaml',
    `netwrok: hoodi
networkLoad: 3
port: [1, 2]
api-port: {a: 1}
peers: {a: 1}
topics: [[beacon_block]]
data-dir:
config: other.yaml
help: true
target-peers: lots
__proto__: 1
? [a, b]
: 1
`,
  )
  assert.deepEqual(problemLines(['--config', file]), [
    'netwrok in relay.yaml: unknown key; did you mean network?',
    'networkLoad in relay.yaml: unknown key; did you mean network-load?',
    'port in relay.yaml: must be a single value, not a list',
    'api-port in relay.yaml: must be a single value',
    'peers in relay.yaml: must be a value or a list of values',
    'topics in relay.yaml: must be a value or a list of values',
    'data-dir in relay.yaml: has no value',
    'config in relay.yaml: unknown key',
    'help in relay.yaml: unknown key',
    '__proto__ in relay.yaml: unknown key',
    'a key in relay.yaml: unknown key',
    'target-peers in relay.yaml: must be a whole number from 0 to 1000; got "lots"',
  ])
})

test('file: an empty one is fine; a broken one is a problem of the file', () => {
  using scratch = scratchDirectory()
  assert.equal(load(['--config', scratch.write('empty.yaml', '# nothing\n')]).port, 9000)
  const lines = (text: string) => problemLines(['--config', scratch.write('bad.yaml', text)])
  assert.deepEqual(lines('- port'), ['bad.yaml: must hold `flag-name: value` lines'])
  assert.deepEqual(lines('port: 1\nport: 2\n'), ['bad.yaml: Map keys must be unique at line 2, column 1'])
  assert.match(lines('a: [')[0] ?? '', /^bad\.yaml: .* line 1/)
  assert.match(lines('port: !!int 3')[0] ?? '', /^bad\.yaml: Unresolved tag/)
  assert.deepEqual(lines('port: &p 1\napi-port: *p\n'), ['api-port in bad.yaml: must be a single value'])
})

test('file: one that cannot be read is a problem of what named it', () => {
  using scratch = scratchDirectory()
  const input = { cwd: scratch.path }
  assert.match(problemLines(['--config', 'absent.yaml'], input)[0] ?? '', /^--config: ".*absent\.yaml": no such file$/)
  assert.match(
    problemLines([], { ...input, env: { STARLING_CONFIG: '.' } })[0] ?? '',
    /^STARLING_CONFIG: .*not a regular file$/,
  )
  scratch.write('huge.yaml', '#'.repeat(1_048_577))
  assert.match(problemLines(['--config=huge.yaml'], input)[0] ?? '', /larger than 1048576 bytes$/)
  assert.deepEqual(problemLines(['--config=']), ['--config: must be a path, and not empty'])
})

test('listen addresses in the file are one text or a list', () => {
  using scratch = scratchDirectory()
  for (const [text, expected] of [
    ['"::"', ['::']],
    ['"0.0.0.0,::"', ['0.0.0.0', '::']],
    ['["::", 0.0.0.0]', ['0.0.0.0', '::']],
  ] as const) {
    const path = scratch.write('relay.yaml', `listen-address: ${text}\n`)
    assert.deepEqual(load(['--config', path]).listenAddresses, expected, text)
  }
})
