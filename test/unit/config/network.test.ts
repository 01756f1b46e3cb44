import assert from 'node:assert/strict'
import { test } from 'node:test'
import { networkByName } from '../../../src/consensus/networks.ts'
import { load, problemLines, scratchDirectory } from './load-with.ts'

const ROOT = 'ab'.repeat(32)
const CHAIN = `PRESET_BASE: mainnet
CONFIG_NAME: tiny
SECONDS_PER_SLOT: 6
GENESIS_FORK_VERSION: 0x10000038
ALTAIR_FORK_VERSION: 0x20000038
ALTAIR_FORK_EPOCH: 0
`

test('genesis flags override a named network', () => {
  const { network } = load([
    '--network=hoodi',
    '--genesis-time=123',
    `--genesis-validators-root=0x${ROOT.toUpperCase()}`,
  ])
  assert.deepEqual(network, { ...networkByName('hoodi'), genesisTimeSeconds: 123, genesisValidatorsRootHex: ROOT })
})

test('a network directory is read, with the genesis flags in place of what it lacks', () => {
  using scratch = scratchDirectory()
  scratch.write('config.yaml', CHAIN)
  const { network, bootnodes } = load(
    ['--network-dir', '.', '--genesis-time=123', `--genesis-validators-root=${ROOT}`],
    { cwd: scratch.path },
  )
  assert.equal(network.name, 'tiny')
  assert.equal(network.slotDurationMs, 6000)
  assert.equal(network.genesisTimeSeconds, 123)
  assert.equal(network.genesisValidatorsRootHex, ROOT)
  assert.deepEqual(bootnodes, [])
})

test('what is wrong with a network directory is a problem of the flag, beside the others', () => {
  using scratch = scratchDirectory()
  const lines = problemLines(['--network-dir=absent', '--port=x'], { cwd: scratch.path })
  assert.equal(lines.length, 2)
  assert.match(lines[0] ?? '', /^--port: /)
  assert.match(lines[1] ?? '', /^--network-dir: /)
})

test('a wrong genesis flag is one problem, not also a gap in the directory', () => {
  using scratch = scratchDirectory()
  scratch.write('config.yaml', CHAIN)
  assert.deepEqual(
    problemLines(['--network-dir=.', '--genesis-time=soon', `--genesis-validators-root=${ROOT}`], {
      cwd: scratch.path,
    }),
    ['--genesis-time: must be a whole number from 0 to 9007199254740991; got "soon"'],
  )
})
