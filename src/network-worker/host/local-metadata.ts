import type { RelayConfig } from '../../config/schema.ts'
import { CUSTODY_REQUIREMENT, NUMBER_OF_COLUMNS, NUMBER_OF_CUSTODY_GROUPS } from '../../consensus/custody.ts'
import type { ParsedTopic } from '../../consensus/topic.ts'
import { toHex } from '../../shared/hex.ts'
import type { Metadata } from '../reqresp/types.ts'

const ATTNETS_BYTES = 8
const SYNCNETS_BYTES = 1

/**
 * The custody groups that peers are told of: all when all columns are relayed and kept, as only then peers ask us for
 * more than our share; else CUSTODY_REQUIREMENT, below which real clients drop a peer.
 */
export function advertisedCustodyGroups({
  topics,
  custodyColumns,
  recentSlots,
}: Pick<RelayConfig, 'topics' | 'custodyColumns' | 'recentSlots'>): number {
  const hasColumns = topics === 'all' || topics.includes('data_column_sidecar')
  // Of a list that was read, each once.
  const hasAll = custodyColumns === 'all' || custodyColumns.length === NUMBER_OF_COLUMNS
  return recentSlots > 0 && hasColumns && hasAll ? NUMBER_OF_CUSTODY_GROUPS : CUSTODY_REQUIREMENT
}

/** Our metadata with every field there is. */
export type LocalMetadata = Metadata & { readonly syncnets: Uint8Array; readonly custodyGroupCount: number }

/** What peers are told we subscribe to: never more than is true. */
export class MetadataState {
  #current: LocalMetadata

  /**
   * @param startedAtMs wall time: the sequence number begins there, above all that earlier runs can have reached. Peers keep
   * what they know of us over our restart; of a number that is not above theirs they ask for nothing new, and Prysm answers a
   * ping with a lower one by an error and counts it against us
   */
  constructor(custodyGroupCount: number = CUSTODY_REQUIREMENT, startedAtMs = 0) {
    this.#current = {
      seqNumber: BigInt(Math.max(1, Math.floor(startedAtMs))),
      attnets: new Uint8Array(ATTNETS_BYTES),
      syncnets: new Uint8Array(SYNCNETS_BYTES),
      custodyGroupCount,
    }
  }

  get current(): LocalMetadata {
    return this.#current
  }

  /** Takes the topics subscribed now. The sequence number rises only when what we advertise changes. */
  update(topics: readonly ParsedTopic[]): void {
    const attnets = new Uint8Array(ATTNETS_BYTES)
    const syncnets = new Uint8Array(SYNCNETS_BYTES)
    for (const { spec, index } of topics) {
      if (index === undefined) continue
      if (spec.kind === 'beacon_attestation') setBit(attnets, index)
      if (spec.kind === 'sync_committee') setBit(syncnets, index)
    }
    const { seqNumber, attnets: oldAttnets, syncnets: oldSyncnets } = this.#current
    if (toHex(attnets) === toHex(oldAttnets) && toHex(syncnets) === toHex(oldSyncnets)) return
    this.#current = { ...this.#current, seqNumber: seqNumber + 1n, attnets, syncnets }
  }
}

/** SSZ bitvectors count from the least significant bit of the first byte. */
function setBit(bits: Uint8Array, index: number): void {
  const byte = Math.floor(index / 8)
  if (byte < bits.length) bits[byte] = (bits[byte] ?? 0) | (1 << (index % 8))
}
