import type { Status } from '../reqresp/types.ts'

/** Peers of different networks that must agree on a finalized checkpoint before it is believed (reference/p2p.md A4.3). */
export const QUORUM_PEERS = 3
export const ZERO_ROOT_HEX = '0'.repeat(64)

export interface Checkpoint {
  readonly epoch: number
  readonly rootHex: string
}

/** A peer's latest Status and the network group its address belongs to: one vote a group. */
export interface StatusVote {
  readonly group: string
  readonly status: Status
}

export interface QuorumResult {
  readonly finalized: Checkpoint
  /** The lowest head among those who agree: never ahead of an honest peer. */
  readonly headRootHex: string
  readonly headSlot: number
}

/**
 * The newest finalized checkpoint that at least `QUORUM_PEERS` groups agree on, undefined when there is none. Votes at
 * epoch 0 or with a zero root say "I know nothing" and are not counted.
 */
export function quorumOf(votes: readonly StatusVote[], quorum = QUORUM_PEERS): QuorumResult | undefined {
  const tally = new Map<string, { checkpoint: Checkpoint; groups: Set<string>; lowestHead: Status }>()
  for (const { group, status } of votes) {
    if (status.finalizedEpoch <= 0 || status.finalizedRootHex === ZERO_ROOT_HEX) continue
    const key = `${status.finalizedEpoch}:${status.finalizedRootHex}`
    const entry = tally.get(key)
    if (entry === undefined) {
      const checkpoint = { epoch: status.finalizedEpoch, rootHex: status.finalizedRootHex }
      tally.set(key, { checkpoint, groups: new Set([group]), lowestHead: status })
      continue
    }
    entry.groups.add(group)
    if (status.headSlot < entry.lowestHead.headSlot) entry.lowestHead = status
  }
  const agreed = [...tally.values()].filter((entry) => entry.groups.size >= quorum)
  const best = agreed.toSorted((a, b) => b.checkpoint.epoch - a.checkpoint.epoch)[0]
  if (best === undefined) return undefined
  return {
    finalized: best.checkpoint,
    headRootHex: best.lowestHead.headRootHex,
    headSlot: best.lowestHead.headSlot,
  }
}
