/**
 * Keeps the routing table from being filled by one owner: ids cost nothing, addresses of many networks do. Upstream has
 * no such limit. The only file that reaches into its table.
 */
import { type Discv5, InsertResult } from '@chainsafe/discv5'
import type { ENR } from '@chainsafe/enr'
import { networkOf } from './address-scope.ts'
import { log2Distance } from './node-distance.ts'
import { placeOf } from './record-place.ts'

/** Nodes of one network in a bucket, and in the table: as sigp with its IP limit, and go-ethereum. */
const MAX_PER_BUCKET = 2
const MAX_PER_TABLE = 10

interface RoutingTable {
  readonly localId: string
  getValue(nodeId: string): ENR | undefined
  values(): ENR[]
  insertOrUpdate(record: ENR, status: number): InsertResult
}

/** From now on the table takes no more nodes of a network than may be. @throws Error when the library has changed inside */
export function limitNeighbours(discv5: Discv5): void {
  const { kbuckets: table } = discv5 as unknown as { readonly kbuckets: RoutingTable }
  if (typeof table?.insertOrUpdate !== 'function' || typeof table.localId !== 'string') {
    throw new Error('discv5 has changed inside: its routing table has no insertOrUpdate or localId')
  }
  const insertOrUpdate = table.insertOrUpdate.bind(table)
  table.insertOrUpdate = (record, status) =>
    isOneTooMany(table, record) ? InsertResult.FailedBucketFull : insertOrUpdate(record, status)
}

function isOneTooMany(table: RoutingTable, record: ENR): boolean {
  const network = publicNetworkOf(record)
  if (network === undefined || record.nodeId === table.localId) return false
  if (table.getValue(record.nodeId) !== undefined) return false
  const neighbours = table.values().filter((other) => publicNetworkOf(other) === network)
  const distance = log2Distance(table.localId, record.nodeId)
  const inBucket = neighbours.filter(({ nodeId }) => log2Distance(table.localId, nodeId) === distance)
  return neighbours.length >= MAX_PER_TABLE || inBucket.length >= MAX_PER_BUCKET
}

/** Undefined in a local network or on this machine, where everybody is a neighbour. */
function publicNetworkOf(record: ENR): string | undefined {
  const place = placeOf(record, 'ip') ?? placeOf(record, 'ip6')
  return place?.scope === 'public' ? networkOf(place, record.nodeId) : undefined
}
