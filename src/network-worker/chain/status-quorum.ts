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
  /** Groups that agree on it. */
  readonly groups: number
  /** The lowest head among those who agree: never ahead of an honest peer. */
  readonly headRootHex: string
  readonly headSlot: number
}

interface Tally {
  readonly checkpoint: Checkpoint
  readonly groups: Set<string>
  lowestHead: Status
}

/**
 * The newest finalized checkpoint that at least `quorum` groups agree on, undefined when there is none. Votes at epoch 0 or
 * with a zero root say "I know nothing" and are not counted.
 *
 * Three addresses in three networks are cheap, and whoever has them can say anything. So half of all groups have to be
 * that far, and of two roots of one epoch the one with more groups is the chain's; without one there is no telling.
 */
export function quorumOf(votes: readonly StatusVote[], quorum = QUORUM_PEERS): QuorumResult | undefined {
  const tallies = tallyOf(votes)
  const all = new Set(tallies.flatMap(({ groups }) => [...groups]))
  const thatFar = new Set<string>()
  for (const [index, { checkpoint, groups, lowestHead }] of tallies.entries()) {
    for (const group of groups) thatFar.add(group)
    const isBacked = groups.size >= quorum && thatFar.size * 2 >= all.size
    if (isBacked && isAhead(tallies, index)) {
      const { headRootHex, headSlot } = lowestHead
      return { finalized: checkpoint, groups: groups.size, headRootHex, headSlot }
    }
  }
  return undefined
}

/** Checkpoints with who is for them, the newest first, of one epoch that with the most groups first. */
function tallyOf(votes: readonly StatusVote[]): readonly Tally[] {
  const tallies = new Map<string, Tally>()
  for (const { group, status } of votes) {
    const { finalizedEpoch: epoch, finalizedRootHex: rootHex } = status
    if (epoch <= 0 || rootHex === ZERO_ROOT_HEX) continue
    const key = `${epoch}:${rootHex}`
    const tally = tallies.get(key) ?? { checkpoint: { epoch, rootHex }, groups: new Set<string>(), lowestHead: status }
    tallies.set(key, tally)
    tally.groups.add(group)
    if (status.headSlot < tally.lowestHead.headSlot) tally.lowestHead = status
  }
  const order = (a: Tally, b: Tally): number => b.checkpoint.epoch - a.checkpoint.epoch || b.groups.size - a.groups.size
  return [...tallies.values()].toSorted(order)
}

/** Whether no other root of its epoch has as many groups. */
function isAhead(tallies: readonly Tally[], index: number): boolean {
  const [before, here, after] = [tallies[index - 1], tallies[index], tallies[index + 1]]
  const { epoch } = here?.checkpoint ?? {}
  if (before?.checkpoint.epoch === epoch) return false
  return after?.checkpoint.epoch !== epoch || after?.groups.size !== here?.groups.size
}
