/**
 * Keeps the routing table from being filled by one owner: ids cost nothing, addresses of many networks do. Upstream has
 * no such limit. The only file that reaches into its table.
 */
import { type Discv5, InsertResult, type UpdateResult } from '@chainsafe/discv5'
import type { ENR } from '@chainsafe/enr'
import { networkOf, type PlacedAddress } from './address-scope.ts'
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
  update(record: ENR, status?: number): UpdateResult
}

/**
 * From now on the table takes no more nodes of a network than may be, and none that is nowhere. A node of the table
 * whose newer record would be refused stays with the one before.
 * @throws Error when the library has changed inside
 */
export function limitNeighbours(discv5: Discv5): void {
  const { kbuckets: table } = discv5 as unknown as { readonly kbuckets: RoutingTable }
  const methods = [table?.insertOrUpdate, table?.update]
  if (methods.some((method) => typeof method !== 'function') || typeof table.localId !== 'string') {
    throw new Error('discv5 has changed inside: its routing table has no insertOrUpdate, update or localId')
  }
  const insertOrUpdate = table.insertOrUpdate.bind(table)
  const update = table.update.bind(table)
  table.insertOrUpdate = (record, status) => {
    const taken = acceptable(table, record)
    return taken === undefined ? InsertResult.FailedBucketFull : insertOrUpdate(taken, status)
  }
  table.update = (record, status) => update(acceptable(table, record) ?? record, status)
}

/** The record, else the one that the table has of its node; undefined when there is neither. */
function acceptable(table: RoutingTable, record: ENR): ENR | undefined {
  const known = table.getValue(record.nodeId)
  if (record.nodeId === table.localId) return record
  const place = placeIn(record)
  if (place === undefined) return known
  if (place.scope !== 'public') return record
  const network = networkOf(place, record.nodeId)
  const hasMoved = known === undefined || publicNetworkOf(known) !== network
  return hasMoved && isFull(table, network, record.nodeId) ? known : record
}

function isFull(table: RoutingTable, network: string, nodeId: string): boolean {
  const neighbours = table.values().filter((other) => publicNetworkOf(other) === network)
  const distance = log2Distance(table.localId, nodeId)
  const inBucket = neighbours.filter((other) => log2Distance(table.localId, other.nodeId) === distance)
  return neighbours.length >= MAX_PER_TABLE || inBucket.length >= MAX_PER_BUCKET
}

/** Undefined when it has no address, or something else in its place: upstream reads one out of five bytes, or a list. */
function placeIn(record: ENR): PlacedAddress | undefined {
  const keys = (['ip', 'ip6'] as const).filter((key) => record.kvs.has(key))
  const places = keys.map((key) => placeOf(record, key))
  return places.includes(undefined) ? undefined : places[0]
}

/** Undefined in a local network or on this machine, where everybody is a neighbour. */
function publicNetworkOf(record: ENR): string | undefined {
  const place = placeIn(record)
  return place?.scope === 'public' ? networkOf(place, record.nodeId) : undefined
}
