/** A network's configuration in the keys of the consensus specification, as the beacon node API answers it. */
import { CUSTODY_REQUIREMENT, NUMBER_OF_COLUMNS, NUMBER_OF_CUSTODY_GROUPS } from '../consensus/custody.ts'
import { type NetworkConfig, presetOf } from '../consensus/network-config.ts'
import { MAX_PAYLOAD_SIZE } from '../consensus/ssz/ssz-bounds.ts'
import { EPOCHS_PER_SUBNET_SUBSCRIPTION, SUBNETS_PER_NODE } from '../consensus/subnets.ts'
import {
  ATTESTATION_SUBNET_COUNT,
  BLOB_SIDECAR_SUBNET_COUNT,
  BLOB_SIDECAR_SUBNET_COUNT_ELECTRA,
  DATA_COLUMN_SIDECAR_SUBNET_COUNT,
  SYNC_COMMITTEE_SUBNET_COUNT,
} from '../consensus/topic-table.ts'

/** FAR_FUTURE_EPOCH, 2**64 - 1, which no number holds. */
const FAR_FUTURE_EPOCH_TEXT = '18446744073709551615'

/** The same on every network: what this relay itself goes by (specs/../p2p-interface.md, configs). */
const PROTOCOL: Readonly<Record<string, number>> = {
  ATTESTATION_SUBNET_COUNT,
  BLOB_SIDECAR_SUBNET_COUNT,
  BLOB_SIDECAR_SUBNET_COUNT_ELECTRA,
  CUSTODY_REQUIREMENT,
  DATA_COLUMN_SIDECAR_SUBNET_COUNT,
  EPOCHS_PER_SUBNET_SUBSCRIPTION,
  MAX_PAYLOAD_SIZE,
  NUMBER_OF_COLUMNS,
  NUMBER_OF_CUSTODY_GROUPS,
  SUBNETS_PER_NODE,
  SYNC_COMMITTEE_SUBNET_COUNT,
}

/** Text, or the rows of a list. */
export type ChainSpecValue = string | readonly Readonly<Record<string, string>>[]

/**
 * What this relay knows of a network and goes by: a key that is not here is left out rather than guessed. Numbers are
 * decimal, bytes are hex with `0x`; a fork that is not scheduled has the epoch 2**64 - 1.
 */
export function chainSpec(network: NetworkConfig): Readonly<Record<string, ChainSpecValue>> {
  const { slotDurationMs, blobSchedule } = network
  const spec: Record<string, ChainSpecValue> = {
    CONFIG_NAME: network.name,
    PRESET_BASE: presetOf(network),
    ...texts({ SLOT_DURATION_MS: slotDurationMs, SLOTS_PER_EPOCH: network.slotsPerEpoch }),
  }
  // An integer by its type: slots of a fraction of a second have none.
  if (slotDurationMs % 1000 === 0) spec['SECONDS_PER_SLOT'] = String(slotDurationMs / 1000)
  for (const { name, versionHex, epoch } of network.forks) {
    const prefix = name === 'phase0' ? 'GENESIS' : name.toUpperCase()
    spec[`${prefix}_FORK_VERSION`] = `0x${versionHex}`
    // Genesis is at epoch 0 by definition, and has no such key.
    if (name !== 'phase0') spec[`${prefix}_FORK_EPOCH`] = epochText(epoch)
  }
  spec['MAX_BLOBS_PER_BLOCK'] = String(network.maxBlobsPerBlockDeneb)
  spec['MAX_BLOBS_PER_BLOCK_ELECTRA'] = String(network.maxBlobsPerBlockElectra)
  spec['BLOB_SCHEDULE'] = blobSchedule.map(({ epoch, maxBlobsPerBlock }) => ({
    EPOCH: epochText(epoch),
    MAX_BLOBS_PER_BLOCK: String(maxBlobsPerBlock),
  }))
  return { ...spec, ...texts(PROTOCOL) }
}

function epochText(epoch: number): string {
  return Number.isFinite(epoch) ? String(epoch) : FAR_FUTURE_EPOCH_TEXT
}

function texts(numbers: Readonly<Record<string, number>>): Record<string, string> {
  return Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, String(value)]))
}
