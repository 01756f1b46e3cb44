import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConfigError } from '../../../src/config/config-error.ts'
import { load, problemLines, scratchDirectory } from './load-with.ts'

test('one start names every mistake of every source', () => {
  using scratch = scratchDirectory()
  scratch.write('relay.yaml', 'network-load: 99\nlog-levl: info\n')
  const argv = ['--config=relay.yaml', '--bogus', '--port', 'x', '--no-tcp', '--no-quic', '--api-address=0.0.0.0']
  const input = { cwd: scratch.path, env: { STARLING_TARGET_PEERS: '-5', STARLING_TOPICS: 'nothing' } }
  const lines = problemLines(argv, input)
  assert.deepEqual(
    lines.map((line) => line.split(': ')[0]),
    [
      '--bogus',
      'log-levl in relay.yaml',
      '--port',
      'STARLING_TARGET_PEERS',
      'network-load in relay.yaml',
      'STARLING_TOPICS',
      '--no-tcp',
      '--api-address',
    ],
  )
  assert.throws(
    () => load(argv, input),
    (error) => error instanceof ConfigError && error.code === 'CONFIG_INVALID' && error.message === lines.join('\n'),
  )
})

test('a value that a stronger source replaces is not judged', () => {
  assert.equal(load(['--port=1'], { env: { STARLING_PORT: 'x' } }).port, 1)
})
