/**
 * Which subnets and columns a node serves, by its record. Asked of every known record at every choice of whom to dial,
 * so both sides are kept as bits: 64 attestation subnets, 4 sync subnets, 128 columns.
 */
import {
  CUSTODY_REQUIREMENT,
  columnsOfGroups,
  custodyGroups,
  NUMBER_OF_CUSTODY_GROUPS,
} from '../../consensus/custody.ts'
import type { ParsedTopic } from '../../consensus/topic.ts'
import { fromHex } from '../../shared/hex.ts'
import type { NodeRecord } from '../../shared/node-record.ts'

/** A count above it is taken for all groups: which ones are missing would cost up to 600 hashes, 1 ms of this thread, for each record. */
const MAX_COMPUTED_GROUPS = NUMBER_OF_CUSTODY_GROUPS / 2

const BYTES = { beacon_attestation: 8, sync_committee: 1, data_column_sidecar: 16 } as const
type ServedKind = keyof typeof BYTES
/** Little-endian bit fields, as on the wire: bit 0 of byte 0 is subnet 0. */
type Services = Readonly<Record<ServedKind, Uint8Array>>
type SoughtTopic = Pick<ParsedTopic, 'index'> & { readonly spec: Pick<ParsedTopic['spec'], 'kind'> }

/** Bits set in each byte. */
const ONES = Uint8Array.from({ length: 256 }, (_, byte) => byte.toString(2).replaceAll('0', '').length)

/** Live as long as their records; the columns of one cost a few hashes. */
const SERVICES = new WeakMap<NodeRecord, Services>()
/** Lives as long as the list of one choice. */
const SOUGHT = new WeakMap<readonly SoughtTopic[], Services>()

/**
 * How many of `topics` the node serves: attestation subnets by `attnets`, sync subnets by `syncnets`, columns by its
 * custody groups, which follow from node id and `cgc`. A topic without subnets counts for nobody: all nodes have it.
 */
export function servedTopics(record: NodeRecord, topics: readonly SoughtTopic[]): number {
  const sought = remembered(SOUGHT, topics, bitsOf)
  const services = remembered(SERVICES, record, servicesOf)
  return (
    common(sought.beacon_attestation, services.beacon_attestation) +
    common(sought.sync_committee, services.sync_committee) +
    common(sought.data_column_sidecar, services.data_column_sidecar)
  )
}

/** Works out what the node serves before anybody asks: of thousands at once it would hold the thread for a tenth of a second. */
export function prepareService(record: NodeRecord): void {
  remembered(SERVICES, record, servicesOf)
}

function remembered<K extends object>(cache: WeakMap<K, Services>, key: K, make: (key: K) => Services): Services {
  const before = cache.get(key)
  if (before !== undefined) return before
  const made = make(key)
  cache.set(key, made)
  return made
}

function common(a: Uint8Array, b: Uint8Array): number {
  let count = 0
  for (let i = 0; i < a.length; i++) count += ONES[(a[i] ?? 0) & (b[i] ?? 0)] ?? 0
  return count
}

function bitsOf(topics: readonly SoughtTopic[]): Services {
  const bits = noService()
  for (const { spec, index } of topics) {
    if (index !== undefined && isServedKind(spec.kind)) setBit(bits[spec.kind], index)
  }
  return bits
}

function servicesOf({ nodeIdHex, attnetsHex, syncnetsHex, custodyGroupCount }: NodeRecord): Services {
  const columns = new Uint8Array(BYTES.data_column_sidecar)
  for (const column of columnsOf(nodeIdHex, custodyGroupCount)) setBit(columns, column)
  return {
    beacon_attestation: fromHex(attnetsHex ?? ''),
    sync_committee: fromHex(syncnetsHex ?? ''),
    data_column_sidecar: columns,
  }
}

/**
 * A record that does not say keeps the least that is asked of every node (specs/fulu/p2p-interface.md,
 * "Custody group count"); one that says more than there is has said nothing true.
 */
function columnsOf(nodeIdHex: string, groupCount = CUSTODY_REQUIREMENT): readonly number[] {
  if (groupCount > NUMBER_OF_CUSTODY_GROUPS) return []
  const computed = groupCount > MAX_COMPUTED_GROUPS ? NUMBER_OF_CUSTODY_GROUPS : groupCount
  return columnsOfGroups(custodyGroups(fromHex(nodeIdHex, 32), computed))
}

function isServedKind(kind: string): kind is ServedKind {
  return Object.hasOwn(BYTES, kind)
}

function noService(): Services {
  return {
    beacon_attestation: new Uint8Array(BYTES.beacon_attestation),
    sync_committee: new Uint8Array(BYTES.sync_committee),
    data_column_sidecar: new Uint8Array(BYTES.data_column_sidecar),
  }
}

function setBit(bits: Uint8Array, index: number): void {
  const byte = index >> 3
  bits[byte] = (bits[byte] ?? 0) | (1 << (index & 7))
}
