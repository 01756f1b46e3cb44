import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FAR_FUTURE_EPOCH, type NetworkConfig } from '../../../src/consensus/network-config.ts'
import { NETWORK_NAMES, networkByName } from '../../../src/consensus/networks.ts'
import { chainFacts } from '../../../src/main/chain-facts.ts'

/** Values of eth-clients/hoodi `metadata/config.yaml`, as a beacon node writes them. */
const HOODI = {
  CONFIG_NAME: 'hoodi',
  PRESET_BASE: 'mainnet',
  SECONDS_PER_SLOT: '12',
  SLOT_DURATION_MS: '12000',
  SLOTS_PER_EPOCH: '32',
  GENESIS_FORK_VERSION: '0x10000910',
  ALTAIR_FORK_VERSION: '0x20000910',
  ALTAIR_FORK_EPOCH: '0',
  BELLATRIX_FORK_VERSION: '0x30000910',
  BELLATRIX_FORK_EPOCH: '0',
  CAPELLA_FORK_VERSION: '0x40000910',
  CAPELLA_FORK_EPOCH: '0',
  DENEB_FORK_VERSION: '0x50000910',
  DENEB_FORK_EPOCH: '0',
  ELECTRA_FORK_VERSION: '0x60000910',
  ELECTRA_FORK_EPOCH: '2048',
  FULU_FORK_VERSION: '0x70000910',
  FULU_FORK_EPOCH: '50688',
  GLOAS_FORK_VERSION: '0x80000910',
  GLOAS_FORK_EPOCH: '18446744073709551615',
  MAX_BLOBS_PER_BLOCK: '6',
  MAX_BLOBS_PER_BLOCK_ELECTRA: '9',
  BLOB_SCHEDULE: [
    { EPOCH: '52480', MAX_BLOBS_PER_BLOCK: '15' },
    { EPOCH: '54016', MAX_BLOBS_PER_BLOCK: '21' },
  ],
}

const PROTOCOL = {
  ATTESTATION_SUBNET_COUNT: '64',
  BLOB_SIDECAR_SUBNET_COUNT: '6',
  BLOB_SIDECAR_SUBNET_COUNT_ELECTRA: '9',
  CUSTODY_REQUIREMENT: '4',
  DATA_COLUMN_SIDECAR_SUBNET_COUNT: '128',
  EPOCHS_PER_SUBNET_SUBSCRIPTION: '256',
  MAX_PAYLOAD_SIZE: '10485760',
  NUMBER_OF_COLUMNS: '128',
  NUMBER_OF_CUSTODY_GROUPS: '128',
  SUBNETS_PER_NODE: '2',
  SYNC_COMMITTEE_SUBNET_COUNT: '4',
}

test('the spec of a public network, in the keys and forms of the standard, and nothing else', () => {
  assert.deepEqual(chainFacts(networkByName('hoodi')).spec, { ...HOODI, ...PROTOCOL })
})

test('a fork begins where the one before it ends; forks without a date are on no schedule', () => {
  const { forkSchedule, genesis } = chainFacts(networkByName('hoodi'))
  assert.equal(forkSchedule.length, 7)
  assert.deepEqual(forkSchedule.slice(0, 2), [
    { previous_version: '0x10000910', current_version: '0x10000910', epoch: '0' },
    { previous_version: '0x10000910', current_version: '0x20000910', epoch: '0' },
  ])
  assert.deepEqual(forkSchedule.at(-1), {
    previous_version: '0x60000910',
    current_version: '0x70000910',
    epoch: '50688',
  })
  assert.deepEqual(genesis, {
    genesis_time: '1742213400',
    genesis_validators_root: '0x212f13fc4df078b6cb7db228f1c8307566dcecf900867401a92023d7ba99cb5f',
    genesis_fork_version: '0x10000910',
  })
})

test('slots of a fraction of a second have a duration in ms alone', () => {
  const network: NetworkConfig = { ...networkByName('hoodi'), slotDurationMs: 2_500, preset: 'minimal' }
  const { spec } = chainFacts(network)
  assert.deepEqual(
    [spec['SLOT_DURATION_MS'], spec['SECONDS_PER_SLOT'], spec['PRESET_BASE']],
    ['2500', undefined, 'minimal'],
  )
})

test('a blob schedule row that never begins has the far future epoch', () => {
  const row = { epoch: FAR_FUTURE_EPOCH, maxBlobsPerBlock: 30 }
  const { spec } = chainFacts({ ...networkByName('hoodi'), blobSchedule: [row] })
  assert.deepEqual(spec['BLOB_SCHEDULE'], [{ EPOCH: '18446744073709551615', MAX_BLOBS_PER_BLOCK: '30' }])
})

for (const name of NETWORK_NAMES) {
  test(`${name}: no value is lost on the way to JSON`, () => {
    const facts = chainFacts(networkByName(name))
    assert.deepEqual(JSON.parse(JSON.stringify(facts)), facts)
    assert.doesNotMatch(JSON.stringify(facts), /Infinity|undefined|null|NaN/)
  })
}
