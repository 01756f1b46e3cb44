import type { ParsedTopic } from '../../consensus/topic.ts'
import { toHex } from '../../shared/hex.ts'
import type { Metadata } from '../reqresp/types.ts'

/** CUSTODY_REQUIREMENT: below it real clients drop a peer, above it we would claim columns we do not serve (design.md §2). */
export const ADVERTISED_CUSTODY_GROUPS = 4
const ATTNETS_BYTES = 8
const SYNCNETS_BYTES = 1

/** Our metadata with every field there is. */
export type LocalMetadata = Metadata & { readonly syncnets: Uint8Array; readonly custodyGroupCount: number }

/** What peers are told we subscribe to: never more than is true. */
export class MetadataState {
  #current: LocalMetadata = {
    seqNumber: 1n,
    attnets: new Uint8Array(ATTNETS_BYTES),
    syncnets: new Uint8Array(SYNCNETS_BYTES),
    custodyGroupCount: ADVERTISED_CUSTODY_GROUPS,
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
