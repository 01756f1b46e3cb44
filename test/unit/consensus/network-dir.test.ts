import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { createForkSchedule } from '../../../src/consensus/fork-schedule.ts'
import { readNetworkDir } from '../../../src/consensus/network-dir.ts'
import { RelayError } from '../../../src/shared/errors.ts'

const ROOT = '83431ec7fcf92cfc44947fc0418e831c25e1d0806590231c439830db7ad54fda'
const OTHER_ROOT = 'ab'.repeat(32)
const TIME = 1_790_000_000

const FORKS = ['ALTAIR', 'BELLATRIX', 'CAPELLA', 'DENEB', 'ELECTRA', 'FULU']
  .map((fork, index) => `${fork}_FORK_VERSION: 0x${index + 2}0000038\n${fork}_FORK_EPOCH: 0\n`)
  .join('')
const CONFIG = `PRESET_BASE: 'mainnet'\nCONFIG_NAME: 'labnet'\nMIN_GENESIS_TIME: 1578009600\nGENESIS_FORK_VERSION: 0x10000038
${FORKS}SECONDS_PER_SLOT: 6
BLOB_SCHEDULE:
  - EPOCH: 0
    MAX_BLOBS_PER_BLOCK: 15
`

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'network-dir-'))
  write('config.yaml', CONFIG)
})
afterEach(() => rmSync(dir, { recursive: true }))

function write(file: string, content: string | Uint8Array): void {
  writeFileSync(join(dir, file), content)
}

/** The first bytes of a beacon state, then others that must not be read. */
function genesisState(timeSeconds: number, rootHex: string): Uint8Array {
  const state = Buffer.alloc(5000, 0xee)
  state.writeBigUInt64LE(BigInt(timeSeconds), 0)
  state.write(rootHex, 8, 'hex')
  return state
}

function refusal(overrides?: Parameters<typeof readNetworkDir>[1]): string {
  try {
    readNetworkDir(dir, overrides)
  } catch (error) {
    assert.ok(error instanceof RelayError)
    assert.equal(error.code, 'CONFIG_INVALID')
    return error.message
  }
  return assert.fail('the directory was accepted')
}

describe('genesis', () => {
  test('from genesis.ssz, which may be of any size', () => {
    write('genesis.ssz', genesisState(TIME, ROOT))
    truncateSync(join(dir, 'genesis.ssz'), 2 ** 33)
    const network = readNetworkDir(dir)
    assert.deepEqual([network.genesisTimeSeconds, network.genesisValidatorsRootHex], [TIME, ROOT])
    assert.equal(createForkSchedule(network).at(0).digestHex, 'ba0c126e', 'the digest that Prysm logged')
  })

  test('from the two text files', () => {
    write('genesis_time.txt', `${TIME}\n`)
    write('genesis_validators_root.txt', `0x${ROOT.toUpperCase()}\n`)
    const network = readNetworkDir(dir)
    assert.deepEqual([network.genesisTimeSeconds, network.genesisValidatorsRootHex], [TIME, ROOT])
  })

  test('genesis.ssz goes before the text files, an override before both', () => {
    write('genesis.ssz', genesisState(TIME, ROOT))
    write('genesis_time.txt', '1')
    write('genesis_validators_root.txt', OTHER_ROOT)
    assert.equal(readNetworkDir(dir).genesisTimeSeconds, TIME)
    assert.equal(readNetworkDir(dir).genesisValidatorsRootHex, ROOT)
    const overridden = readNetworkDir(dir, { genesisTimeSeconds: 5, genesisValidatorsRootHex: `0x${OTHER_ROOT}` })
    assert.deepEqual([overridden.genesisTimeSeconds, overridden.genesisValidatorsRootHex], [5, OTHER_ROOT])
    const half = readNetworkDir(dir, { genesisTimeSeconds: 5 })
    assert.deepEqual([half.genesisTimeSeconds, half.genesisValidatorsRootHex], [5, ROOT])
  })

  test('without any of them the text says what may be given; MIN_GENESIS_TIME is never used', () => {
    assert.match(refusal(), /no genesis time.*genesis_time\.txt.*--genesis-time/)
    write('genesis_time.txt', '1')
    assert.match(refusal(), /no genesis validators root.*genesis_validators_root\.txt.*--genesis-validators-root/)
  })

  test('a Git LFS pointer is named as one, and does not matter when both are overridden', () => {
    const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n'
    write('genesis.ssz', pointer)
    assert.match(refusal(), /genesis\.ssz: is a Git LFS pointer/)
    const overrides = { genesisTimeSeconds: 5, genesisValidatorsRootHex: OTHER_ROOT }
    assert.equal(readNetworkDir(dir, overrides).genesisTimeSeconds, 5)
  })

  test('a genesis.ssz that is no state', () => {
    write('genesis.ssz', new Uint8Array(39))
    assert.match(refusal(), /genesis\.ssz: is too short/)
    write('genesis.ssz', new Uint8Array(100).fill(0xff))
    assert.match(refusal(), /genesis\.ssz: does not begin with a genesis time/)
  })

  test('text files and overrides of another form', () => {
    write('genesis_time.txt', 'soon')
    assert.match(refusal(), /genesis_time\.txt: is not a Unix time/)
    write('genesis_time.txt', '1')
    write('genesis_validators_root.txt', '0x12')
    assert.match(refusal(), /genesis_validators_root\.txt: is not 32 bytes of hex/)
    assert.match(refusal({ genesisTimeSeconds: -1 }), /--genesis-time/)
    assert.match(refusal({ genesisValidatorsRootHex: 'zz' }), /--genesis-validators-root/)
  })
})

describe('config.yaml', () => {
  test('missing, broken or a directory', () => {
    rmSync(join(dir, 'config.yaml'))
    assert.match(refusal(), /no config\.yaml in the network directory/)
    write('config.yaml', CONFIG.replace('0x10000038', 'latest'))
    assert.match(refusal(), /^config\.yaml: GENESIS_FORK_VERSION/)
    rmSync(join(dir, 'config.yaml'))
    mkdirSync(join(dir, 'config.yaml'))
    assert.match(refusal(), /^config\.yaml: cannot be read/)
  })

  test('a file far too large is not read', () => {
    truncateSync(join(dir, 'config.yaml'), 2 ** 33)
    assert.match(refusal(), /config\.yaml: is over/)
  })

  test('without CONFIG_NAME the network is called as its directory', () => {
    write('config.yaml', CONFIG.replace(/CONFIG_NAME.*\n/, ''))
    write('genesis.ssz', genesisState(TIME, ROOT))
    assert.ok(dir.endsWith(readNetworkDir(dir).name))
  })
})

describe('boot nodes', () => {
  beforeEach(() => write('genesis.ssz', genesisState(TIME, ROOT)))

  test('none, without a list', () => assert.deepEqual(readNetworkDir(dir).bootnodes, []))

  test('a YAML list with comments; an empty one', () => {
    write('bootstrap_nodes.yaml', '# ours\n- enr:-aaa # city\n- "enr:-bbb"\n')
    assert.deepEqual(readNetworkDir(dir).bootnodes, ['enr:-aaa', 'enr:-bbb'])
    for (const empty of ['', '# none\n', '[]']) {
      write('bootstrap_nodes.yaml', empty)
      assert.deepEqual(readNetworkDir(dir).bootnodes, [])
    }
  })

  test('a text list, in the forms generators write', () => {
    write(
      'bootstrap_nodes.txt',
      '# ours\n\nenr:-aaa\r\n- enr:-bbb # city\n- "enr:-ccc"\n/ip4/127.0.0.1/tcp/9000/p2p/16Uiu2\n',
    )
    const expected = ['enr:-aaa', 'enr:-bbb', 'enr:-ccc', '/ip4/127.0.0.1/tcp/9000/p2p/16Uiu2']
    assert.deepEqual(readNetworkDir(dir).bootnodes, expected)
  })

  test('several lists are joined without repetition', () => {
    write('boot_enr.yaml', '- enr:-aaa\n- enr:-bbb\n')
    write('boot_enr.txt', 'enr:-bbb\nenr:-ccc\n')
    assert.deepEqual(readNetworkDir(dir).bootnodes, ['enr:-aaa', 'enr:-bbb', 'enr:-ccc'])
  })

  test('what is neither ENR nor multiaddr, or no list', () => {
    write('bootstrap_nodes.txt', 'enode://abc@127.0.0.1:30303\n')
    assert.match(refusal(), /bootstrap_nodes\.txt: .*neither: enode:/)
    rmSync(join(dir, 'bootstrap_nodes.txt'))
    write('bootstrap_nodes.yaml', 'nodes: 3\n')
    assert.match(refusal(), /bootstrap_nodes\.yaml: is not a YAML list/)
    write('bootstrap_nodes.yaml', '- [')
    assert.match(refusal(), /^bootstrap_nodes\.yaml: /)
  })
})
