/**
 * How far a peer is for a block, which is not how far it is for a ping. In: a round trip and the address it was taken over. Out:
 * the round trip of a peer on TCP that would have our blocks, and we its, as late.
 */
import type { PeerRecord } from './peer-record.ts'

/**
 * QUIC's libraries pace a block of 120 kB, TCP with a grown window sends it at once. From the publisher through a relay to a
 * subscriber, 50 ms from each other, it took over QUIC 1.7 times as long with ours and Lighthouse's library and 1.4 times with
 * Prysm's, and 1.4 and 1.25 times when columns are sent between the blocks (ADR 42, `bench -- far`).
 */
const QUIC_FACTOR = 1.5

/** The round trip, ms, as blocks to and from a peer have it that is at this address. */
export function blockRttMs(rttMs: number, address: string): number {
  return address.includes('/quic-v1') ? rttMs * QUIC_FACTOR : rttMs
}

/** The same of the best round trip that was measured by a ping; undefined of a peer that is not known or was not measured. */
export function measuredBlockRttMs(record: PeerRecord | undefined): number | undefined {
  return record?.rttVerified === true ? blockRttMs(record.bestRttMs, record.address) : undefined
}
