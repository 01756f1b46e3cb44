import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { parseChainConfig } from '../../../src/consensus/chain-config.ts'

const FAR_FUTURE = '18446744073709551615'

/** A config.yaml in the dialect of devnet generators: quotes here and there, comments, keys a relay does not need. */
const CONFIG = `
PRESET_BASE: 'mainnet'   # comment
CONFIG_NAME: "labnet"
MIN_GENESIS_TIME: 1578009600
GENESIS_FORK_VERSION: 0x10000038
ALTAIR_FORK_VERSION: '0x20000038'
ALTAIR_FORK_EPOCH: 0
BELLATRIX_FORK_VERSION: 0x30000038
BELLATRIX_FORK_EPOCH: 0
TERMINAL_TOTAL_DIFFICULTY: 115792089237316195423570985008687907853269984665640564039457584007913129638912
CAPELLA_FORK_VERSION: 0x40000038
CAPELLA_FORK_EPOCH: 0
DENEB_FORK_VERSION: 0x5000ABCD
DENEB_FORK_EPOCH: 1
ELECTRA_FORK_VERSION: 0x60000038
ELECTRA_FORK_EPOCH: "2"
FULU_FORK_VERSION: 0x70000038
FULU_FORK_EPOCH: 100000000
GLOAS_FORK_VERSION: 0x80000038
GLOAS_FORK_EPOCH: ${FAR_FUTURE}
SECONDS_PER_SLOT: 6
MAX_BLOBS_PER_BLOCK: 7
MAX_BLOBS_PER_BLOCK_ELECTRA: 10
BLOB_SCHEDULE:
  - EPOCH: 400
    MAX_BLOBS_PER_BLOCK: 15
  - EPOCH: 300
    MAX_BLOBS_PER_BLOCK: 12
  - EPOCH: ${FAR_FUTURE}
    MAX_BLOBS_PER_BLOCK: 99
`

/** `CONFIG` with `key` set to `value`, or taken out. */
function changed(key: string, value: string | undefined): string {
  const line = new RegExp(`^${key}:.*\\n`, 'm')
  const without = CONFIG.replace(line, '')
  return value === undefined ? without : `${key}: ${value}\n${without}`
}

test('a devnet config: versions stay hex, epochs stay exact, far future is never', () => {
  const config = parseChainConfig(CONFIG)
  assert.equal(config.name, 'labnet')
  assert.deepEqual([config.preset, config.slotsPerEpoch, config.slotDurationMs], ['mainnet', 32, 6000])
  assert.deepEqual(
    config.forks.map((fork) => [fork.name, fork.versionHex, fork.epoch]),
    [
      ['phase0', '10000038', 0],
      ['altair', '20000038', 0],
      ['bellatrix', '30000038', 0],
      ['capella', '40000038', 0],
      ['deneb', '5000abcd', 1],
      ['electra', '60000038', 2],
      ['fulu', '70000038', 100_000_000],
      ['gloas', '80000038', Number.POSITIVE_INFINITY],
    ],
  )
  assert.deepEqual(config.blobSchedule, [
    { epoch: 300, maxBlobsPerBlock: 12 },
    { epoch: 400, maxBlobsPerBlock: 15 },
    { epoch: Number.POSITIVE_INFINITY, maxBlobsPerBlock: 99 },
  ])
  assert.deepEqual([config.maxBlobsPerBlockDeneb, config.maxBlobsPerBlockElectra], [7, 10])
})

test('SLOT_DURATION_MS wins over SECONDS_PER_SLOT and need not be whole seconds', () => {
  assert.equal(parseChainConfig(changed('SLOT_DURATION_MS', '1500')).slotDurationMs, 1500)
})

test('the minimal preset has 8 slots an epoch', () => {
  assert.equal(parseChainConfig(changed('PRESET_BASE', 'minimal')).slotsPerEpoch, 8)
})

test('public configs leave out what has a default', () => {
  const keys = ['PRESET_BASE', 'CONFIG_NAME', 'MAX_BLOBS_PER_BLOCK', 'MAX_BLOBS_PER_BLOCK_ELECTRA', 'GLOAS_FORK_EPOCH']
  const text = keys.reduce((rest, key) => rest.replace(new RegExp(`^${key}:.*\\n`, 'm'), ''), CONFIG)
  const config = parseChainConfig(text)
  assert.deepEqual(
    [config.preset, config.name, config.maxBlobsPerBlockDeneb, config.maxBlobsPerBlockElectra],
    ['mainnet', undefined, 6, 9],
  )
  assert.equal(config.forks.at(-1)?.epoch, Number.POSITIVE_INFINITY, 'a version without an epoch never starts')
})

test('forks that a config does not know are left out', () => {
  const text = ['GLOAS_FORK_VERSION', 'GLOAS_FORK_EPOCH'].reduce(
    (rest, key) => rest.replace(new RegExp(`^${key}:.*\\n`, 'm'), ''),
    CONFIG,
  )
  assert.equal(parseChainConfig(text).forks.at(-1)?.name, 'fulu')
})

test('an empty, missing or inline-empty BLOB_SCHEDULE is no schedule', () => {
  const without = CONFIG.slice(0, CONFIG.indexOf('BLOB_SCHEDULE'))
  for (const schedule of ['', 'BLOB_SCHEDULE:', 'BLOB_SCHEDULE: []']) {
    assert.deepEqual(parseChainConfig(`${without}${schedule}\n`).blobSchedule, [])
  }
})

describe('what is refused names the key', () => {
  const cases: [string, string, RegExp][] = [
    ['a fork version read as a number', changed('ALTAIR_FORK_VERSION', '536870968'), /ALTAIR_FORK_VERSION/],
    ['a fork version of 3 bytes', changed('ALTAIR_FORK_VERSION', '0x200038'), /ALTAIR_FORK_VERSION/],
    ['no genesis version', changed('GENESIS_FORK_VERSION', undefined), /GENESIS_FORK_VERSION/],
    ['an epoch without a version', changed('FULU_FORK_VERSION', undefined), /FULU_FORK_VERSION/],
    ['a negative epoch', changed('FULU_FORK_EPOCH', '-1'), /FULU_FORK_EPOCH/],
    ['an epoch of a fraction', changed('FULU_FORK_EPOCH', '1.5'), /FULU_FORK_EPOCH/],
    ['an epoch over 64 bits', changed('FULU_FORK_EPOCH', '18446744073709551616'), /FULU_FORK_EPOCH is over 64 bits/],
    ['forks out of order', changed('DENEB_FORK_EPOCH', '3'), /electra \(epoch 2\) starts before deneb/],
    ['no slot duration', changed('SECONDS_PER_SLOT', undefined), /SLOT_DURATION_MS/],
    ['slots of no time', changed('SECONDS_PER_SLOT', '0'), /SECONDS_PER_SLOT/],
    ['another preset', changed('PRESET_BASE', 'gnosis'), /PRESET_BASE/],
    ['a blob schedule that is not a list', changed('BLOB_SCHEDULE', '5').replace(/^ {2}.*\n/gm, ''), /BLOB_SCHEDULE/],
    ['a blob row without an epoch', CONFIG.replace('- EPOCH: 300', '- EPOK: 300'), /BLOB_SCHEDULE\[1\]\.EPOCH/],
    ['an epoch twice in the blob schedule', CONFIG.replace('EPOCH: 300', 'EPOCH: 400'), /epoch 400 twice/],
    ['a list', '- 1\n', /mapping/],
    ['no YAML', 'a: [', /./],
  ]
  for (const [name, text, message] of cases) {
    test(name, () => assert.throws(() => parseChainConfig(text), message))
  }

  test('a scheduled fork after one the file does not know', () => {
    const text = ['ELECTRA_FORK_VERSION', 'ELECTRA_FORK_EPOCH'].reduce(
      (rest, key) => rest.replace(new RegExp(`^${key}:.*\\n`, 'm'), ''),
      CONFIG,
    )
    assert.throws(() => parseChainConfig(text), /fulu is scheduled but electra is missing/)
  })
})

test('property: any text gives a config or an Error', () => {
  const lines = CONFIG.split('\n')
  const line = fc.oneof(fc.constantFrom(...lines), fc.string({ maxLength: 12 }))
  fc.assert(
    fc.property(fc.array(line, { maxLength: 40 }), (picked) => {
      try {
        const config = parseChainConfig(picked.join('\n'))
        assert.ok(config.slotDurationMs > 0)
        assert.equal(config.forks[0]?.name, 'phase0')
      } catch (error) {
        assert.ok(error instanceof Error && !(error instanceof assert.AssertionError || error instanceof TypeError))
      }
    }),
  )
})

test('property: epochs below 2^52 are exact, from there on never', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 3n, max: 2n ** 64n - 1n }), (epoch) => {
      const fulu = parseChainConfig(changed('FULU_FORK_EPOCH', epoch.toString())).forks.find(
        (fork) => fork.name === 'fulu',
      )
      assert.equal(fulu?.epoch, epoch < 2n ** 52n ? Number(epoch) : Number.POSITIVE_INFINITY)
    }),
  )
})
