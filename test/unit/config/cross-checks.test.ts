import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { load, problemLines, scratchDirectory } from './load-with.ts'

const TOKEN = '0123456789abcdef'

test('TCP and QUIC cannot both be off', () => {
  assert.deepEqual(problemLines(['--no-tcp', '--no-quic']), [
    '--no-tcp: TCP and QUIC are both off (--no-quic): no peer could be reached',
  ])
  assert.equal(load(['--no-tcp']).quic, true)
  assert.equal(load(['--no-quic']).tcp, true)
})

test('QUIC and discovery cannot share a UDP port', () => {
  assert.deepEqual(problemLines(['--quic-port', '9000']), [
    '--quic-port: is the UDP port of discovery too (--port): 9000',
  ])
  assert.equal(load(['--quic-port=9000', '--no-discovery']).quicPort, 9000)
  assert.equal(load(['--quic-port=9000', '--no-quic']).quicPort, 9000)
  assert.equal(load(['--port=0', '--quic-port=0']).quicPort, 0)
})

test('a network is named or read from a directory, not both, whatever the sources', () => {
  const lines = problemLines(['--network-dir', 'absent'], { env: { STARLING_NETWORK: 'hoodi' } })
  assert.equal(lines[0], '--network-dir: cannot be combined with STARLING_NETWORK')
})

test('the API beyond loopback needs a token', () => {
  for (const address of ['0.0.0.0', '::', '10.0.0.1', '128.0.0.1', '::ffff:10.0.0.1']) {
    assert.deepEqual(problemLines(['--api-address', address]), [
      `--api-address: ${address} is not loopback: --api-token-file is required`,
    ])
  }
  for (const address of ['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1', 'localhost']) {
    assert.equal(load(['--api-address', address]).apiAddress, address)
  }
  assert.equal(problemLines(['--api-address', 'example.org']).length, 1)
})

test('the token comes from its file, trimmed, with the path made absolute', () => {
  using scratch = scratchDirectory()
  scratch.write('token', `\n  ${TOKEN}\n`)
  const config = load(['--api-address=0.0.0.0', '--api-token-file=token'], { cwd: scratch.path })
  assert.equal(config.apiToken, TOKEN)
  assert.equal(config.apiTokenFile, join(scratch.path, 'token'))
  assert.equal(load([]).apiToken, undefined)
})

test('a token file that is absent, short, blank inside, or no text is refused, and never shown', () => {
  using scratch = scratchDirectory()
  const reason = (text: string) => {
    const lines = problemLines(['--api-token-file', scratch.write('token', text)])
    assert.equal(lines.length, 1)
    assert.match(lines[0] ?? '', /^--api-token-file: /)
    return lines[0]?.split('": ')[1]
  }
  assert.equal(reason(TOKEN.slice(1)), 'must hold a token of at least 16 characters')
  assert.equal(reason(`${' '.repeat(20)}\n`), 'must hold a token of at least 16 characters')
  assert.equal(reason(`${TOKEN} ${TOKEN}`), 'must hold one token of visible ASCII characters')
  assert.equal(reason(`${TOKEN}é`), 'must hold one token of visible ASCII characters')
  assert.equal(reason('x'.repeat(4097)), 'larger than 4096 bytes')
  assert.deepEqual(problemLines(['--api-token-file', 'absent', '--api-address', '0.0.0.0']), [
    '--api-token-file: "absent": no such file',
  ])
})

test('the registry comes from a beacon node', () => {
  assert.deepEqual(problemLines(['--validator-registry']), [
    '--validator-registry: needs --beacon-node, which it is fetched from',
  ])
  assert.equal(load(['--validator-registry', '--beacon-node=http://[::1]:5051']).validatorRegistry, true)
})
