import { decompressBlock } from '../../consensus/snappy-block.ts'
import { peekBlock } from '../../consensus/ssz-peek.ts'
import type { JobRun } from '../job-table.ts'
import { blockRoot } from './block-root.ts'

/**
 * Blocks of mainnet have some 120 kB. The worst of this length, half a million transactions of no bytes, takes half a
 * second and 300 MB of heap; longer ones are treated as no blocks.
 */
const MAX_HASHED_BYTES = 2 * 1024 * 1024

/** Slot, proposer, root and parent of a block as it travels. Never throws. */
export const blockFacts: JobRun<'block-facts'> = ({ fork, data, maxSszBytes }) => {
  const decompressed = decompressBlock(data, 0, Math.min(maxSszBytes, MAX_HASHED_BYTES))
  if (!decompressed.ok) return undefined
  const peeked = peekBlock(decompressed.bytes)
  const root = blockRoot(fork, decompressed.bytes)
  if (peeked === undefined || root === undefined) return undefined
  const { slot, proposerIndex, parentRootHex } = peeked
  return { slot, proposerIndex, root, parentRoot: `0x${parentRootHex}` }
}
