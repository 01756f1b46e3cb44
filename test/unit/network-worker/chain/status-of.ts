import type { Status } from '../../../../src/network-worker/reqresp/types.ts'

/** 64 hex digits made of one byte. */
export function root(byte: number): string {
  return byte.toString(16).padStart(2, '0').repeat(32)
}

/** A Status of a peer at `headSlot` whose finalized root follows from its epoch: peers of one chain agree. */
export function statusOf(finalizedEpoch: number, headSlot: number, overrides: Partial<Status> = {}): Status {
  return {
    forkDigestHex: '8c9f62fe',
    finalizedEpoch,
    finalizedRootHex: root(finalizedEpoch),
    headSlot,
    headRootHex: root(headSlot),
    earliestAvailableSlot: undefined,
    ...overrides,
  }
}
