/** Which data columns a node keeps (specs/fulu/das-core.md#custody). */
import { hash } from 'node:crypto'
import { toHex } from '../shared/hex.ts'

/** NUMBER_OF_CUSTODY_GROUPS */
export const NUMBER_OF_CUSTODY_GROUPS = 128
/** NUMBER_OF_COLUMNS */
export const NUMBER_OF_COLUMNS = 128
/** CUSTODY_REQUIREMENT, the least a node must keep */
export const CUSTODY_REQUIREMENT = 4

const NODE_ID_BYTES = 32
const UINT256_MASK = (1n << 256n) - 1n

/**
 * get_custody_groups: the groups of a node, ascending.
 * @param nodeId the 32-byte discv5 node id, big-endian as everywhere on the wire
 * @param count custody group count, 0 to 128
 * @throws Error when the node id has another length or `count` is out of range
 */
export function custodyGroups(nodeId: Uint8Array, count: number): number[] {
  if (nodeId.length !== NODE_ID_BYTES) throw new Error('a node id has 32 bytes')
  if (!Number.isInteger(count) || count < 0 || count > NUMBER_OF_CUSTODY_GROUPS) {
    throw new Error(`custody group count out of range: ${count}`)
  }
  // Also spares the search for the last missing groups, whose length has no bound but chance.
  if (count === NUMBER_OF_CUSTODY_GROUPS) return Array.from({ length: count }, (_, group) => group)
  const groups = new Set<number>()
  let id = BigInt(`0x${toHex(nodeId)}`)
  while (groups.size < count) {
    const digest = hash('sha256', uint256le(id), 'buffer')
    groups.add(Number(digest.readBigUInt64LE(0) % BigInt(NUMBER_OF_CUSTODY_GROUPS)))
    id = (id + 1n) & UINT256_MASK
  }
  return [...groups].sort((a, b) => a - b)
}

function uint256le(value: bigint): Uint8Array {
  return Buffer.from(value.toString(16).padStart(64, '0'), 'hex').reverse()
}

/** compute_columns_for_custody_group over several groups: their columns, ascending. */
export function columnsOfGroups(groups: readonly number[]): number[] {
  const columnsPerGroup = NUMBER_OF_COLUMNS / NUMBER_OF_CUSTODY_GROUPS
  return groups
    .flatMap((group) => Array.from({ length: columnsPerGroup }, (_, i) => NUMBER_OF_CUSTODY_GROUPS * i + group))
    .sort((a, b) => a - b)
}
