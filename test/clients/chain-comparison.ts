/** Whether the second node of a pair has the chain of the first. */
import type { NodePair } from './node-pair.ts'

export interface ChainComparison {
  /** Slots of which the first node has a block. */
  readonly blocks: readonly number[]
  /** Those of which the second has none, or another one. */
  readonly missing: readonly number[]
}

/** Slot by slot, both ends included. */
export async function compareChains({ nodes }: NodePair, first: number, last: number): Promise<ChainComparison> {
  const blocks: number[] = []
  const missing: number[] = []
  for (let slot = first; slot <= last; slot++) {
    const rootHex = await nodes[0].blockRoot(slot)
    if (rootHex === undefined) continue
    blocks.push(slot)
    if ((await nodes[1].blockRoot(slot)) !== rootHex) missing.push(slot)
  }
  return { blocks, missing }
}
