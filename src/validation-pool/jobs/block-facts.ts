import { decompressBlock } from '../../consensus/snappy/snappy-block.ts'
import { peekBlock } from '../../consensus/ssz/ssz-peek.ts'
import { type JobRun, MAX_HASHED_BYTES } from '../job-table.ts'
import { blockRoot } from './block-root.ts'

/** Slot, proposer, root and parent of a block as it travels; one that is too long is treated as none. Never throws. */
export const blockFacts: JobRun<'block-facts'> = ({ fork, data, maxSszBytes }) => {
  const decompressed = decompressBlock(data, 0, Math.min(maxSszBytes, MAX_HASHED_BYTES))
  if (!decompressed.ok) return undefined
  const peeked = peekBlock(decompressed.bytes)
  const root = blockRoot(fork, decompressed.bytes)
  if (peeked === undefined || root === undefined) return undefined
  const { slot, proposerIndex, parentRootHex } = peeked
  return { slot, proposerIndex, root, parentRoot: `0x${parentRootHex}` }
}
