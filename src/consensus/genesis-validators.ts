/**
 * The validators' keys of a genesis state, read at known offsets. Up to the list of validators BeaconState begins alike
 * in every fork (consensus specs, `BeaconState` of phase0 to gloas), so that nothing else of it is looked at.
 */
import { toHex } from '../shared/hex.ts'
import { type NetworkConfig, type PresetName, presetOf } from './network-config.ts'

/** SLOTS_PER_HISTORICAL_ROOT of the presets: the length of `block_roots` and of `state_roots`. */
const SLOTS_PER_HISTORICAL_ROOT: Readonly<Record<PresetName, number>> = { mainnet: 8192, minimal: 64 }

const VALIDATORS_ROOT_AT = 8
/** `fork.current_version`, behind genesis_time, genesis_validators_root, slot and `fork.previous_version`. */
const CURRENT_VERSION_AT = 52
/** genesis_time 8, genesis_validators_root 32, slot 8, fork 16, latest_block_header 112. */
const BLOCK_ROOTS_AT = 176
/** After the two vectors of roots: offset of historical_roots 4, eth1_data 72, offset of eth1_data_votes 4, eth1_deposit_index 8. */
const ROOTS_TO_VALIDATORS_BYTES = 88
const OFFSET_BYTES = 4

/**
 * SSZ length of a Validator: pubkey 48, withdrawal_credentials 32, effective_balance 8, slashed 1, four epochs 32. The
 * key stands first.
 */
export const VALIDATOR_BYTES = 121
const PUBKEY_BYTES = 48

/** Bytes of a state's beginning that {@link validatorsRange} needs. */
export function genesisHeadBytes(network: NetworkConfig): number {
  return validatorsOffsetAt(network) + 2 * OFFSET_BYTES
}

export type ValidatorsRange =
  | { readonly ok: true; readonly startBytes: number; readonly count: number }
  | { readonly ok: false; readonly reason: string }

/**
 * Where in a genesis state of `fileBytes` the validators are, by its beginning. Refused: a state of another network, of
 * a fork this network does not have, and offsets that no such state has.
 */
export function validatorsRange(head: Uint8Array, fileBytes: number, network: NetworkConfig): ValidatorsRange {
  if (head.length < genesisHeadBytes(network)) return refuse('is too short for a beacon state')
  const rootHex = toHex(head.subarray(VALIDATORS_ROOT_AT, VALIDATORS_ROOT_AT + 32))
  if (rootHex !== network.genesisValidatorsRootHex) return refuse('has another genesis validators root')
  const versionHex = toHex(head.subarray(CURRENT_VERSION_AT, CURRENT_VERSION_AT + 4))
  if (!network.forks.some((fork) => fork.versionHex === versionHex)) return refuse(`is of unknown fork ${versionHex}`)
  const at = validatorsOffsetAt(network)
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength)
  const startBytes = view.getUint32(at, true)
  const endBytes = view.getUint32(at + OFFSET_BYTES, true) // where balances begin
  const lengthBytes = endBytes - startBytes
  if (startBytes < at + 2 * OFFSET_BYTES || endBytes > fileBytes || lengthBytes < 0) return refuse('has bad offsets')
  if (lengthBytes % VALIDATOR_BYTES !== 0) return refuse('does not hold whole validators')
  return { ok: true, startBytes, count: lengthBytes / VALIDATOR_BYTES }
}

/** The keys of whole validators, one behind the other. */
export function pubkeysOf(validators: Uint8Array): Uint8Array {
  const count = Math.floor(validators.length / VALIDATOR_BYTES)
  const keys = new Uint8Array(count * PUBKEY_BYTES)
  for (let index = 0; index < count; index++) {
    const start = index * VALIDATOR_BYTES
    keys.set(validators.subarray(start, start + PUBKEY_BYTES), index * PUBKEY_BYTES)
  }
  return keys
}

function validatorsOffsetAt(network: NetworkConfig): number {
  return BLOCK_ROOTS_AT + 2 * 32 * SLOTS_PER_HISTORICAL_ROOT[presetOf(network)] + ROOTS_TO_VALIDATORS_BYTES
}

function refuse(reason: string): ValidatorsRange {
  return { ok: false, reason }
}
