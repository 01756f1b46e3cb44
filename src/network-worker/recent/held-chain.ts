/**
 * Which of the blocks that we hold are one chain. Nothing is executed here and forks are not weighed: a block is in the
 * chain when blocks that we hold were built upon it. Of branches that are equally long none is told, only what they have
 * in common, so that a forged or orphaned block at the tip is never served as the chain.
 */

/** A block, as far as its place in a chain goes. */
export interface Link {
  readonly rootHex: string
  readonly parentRootHex: string
  readonly slot: number
}

/**
 * Branches are weighed by their blocks in this many slots before the newest: after a gap in what we saw, the branch
 * that goes on wins within as many slots over the one that ended.
 */
export const CHOICE_SLOTS = 8

/**
 * The chain among `blocks`, oldest first, each the parent of the next: empty when branches that have nothing in common
 * are equally good. Linear in blocks times `CHOICE_SLOTS`.
 */
export function heldChain(blocks: ReadonlyMap<string, Link>): readonly Link[] {
  const parents = new Set<string>()
  let newestSlot = Number.NEGATIVE_INFINITY
  for (const { parentRootHex, slot } of blocks.values()) {
    parents.add(parentRootHex)
    if (slot > newestSlot) newestSlot = slot
  }
  let best: Link[] = []
  let bestWeight = 0
  for (const tip of blocks.values()) {
    if (parents.has(tip.rootHex)) continue
    const weight = weightOf(tip, blocks, newestSlot - CHOICE_SLOTS)
    if (weight < bestWeight) continue
    if (weight > bestWeight) best = []
    bestWeight = weight
    best.push(tip)
  }
  return commonOf(best.map((tip) => chainTo(tip, blocks)))
}

function parentOf({ parentRootHex, slot }: Link, blocks: ReadonlyMap<string, Link>): Link | undefined {
  const parent = blocks.get(parentRootHex)
  // A child is later than its parent: bytes that say otherwise are no chain, and no endless one.
  return parent !== undefined && parent.slot < slot ? parent : undefined
}

function weightOf(tip: Link, blocks: ReadonlyMap<string, Link>, afterSlot: number): number {
  let weight = 0
  let link: Link | undefined = tip
  while (link !== undefined && link.slot > afterSlot) {
    weight++
    link = parentOf(link, blocks)
  }
  return weight
}

/** Newest first. */
function chainTo(tip: Link, blocks: ReadonlyMap<string, Link>): readonly Link[] {
  const chain: Link[] = []
  for (let link: Link | undefined = tip; link !== undefined; link = parentOf(link, blocks)) chain.push(link)
  return chain
}

/** What all chains have in common, oldest first. */
function commonOf([first, ...others]: readonly (readonly Link[])[]): readonly Link[] {
  if (first === undefined) return []
  const sets = others.map((chain) => new Set(chain.map(({ rootHex }) => rootHex)))
  return first.filter(({ rootHex }) => sets.every((set) => set.has(rootHex))).toReversed()
}
