/**
 * A node record as a person or a program wants to read it. In: its text. Out: plain data with every field there is, what
 * has not the form of its specification and what nobody specified included. Names are snake_case, as on the HTTP API.
 */
import { ENR } from '@chainsafe/enr'
import { columnsOfGroups, custodyGroups } from '../consensus/custody.ts'
import { decodeNodeRecord } from '../consensus/decode-node-record.ts'
import { portOf } from '../consensus/node-record-addresses.ts'
import { encodeRlp, type RlpItem } from '../consensus/rlp-encode.ts'
import { fromHex, to0xHex } from '../shared/hex.ts'
import type { NodeRecord } from '../shared/node-record.ts'
import { type ClientName, clientNameOf } from './client-name.ts'
import type { KnownFork, KnownForks } from './known-forks.ts'

/** Where a digest stands in a network's schedule. */
export interface ForkPlace {
  readonly network: string
  readonly fork: string
  readonly epoch: number
  /** 0 before blobs. */
  readonly max_blobs_per_block: number
}

export interface NextFork {
  readonly version: string
  readonly epoch: number
  /** Null when no schedule known here has it. */
  readonly known_as: ForkPlace | null
}

const PORTS = ['tcp', 'quic', 'udp', 'tcp6', 'quic6', 'udp6'] as const
type Port = (typeof PORTS)[number]

/** What is missing in the record, or malformed, is null. */
export interface EnrDescription {
  readonly enr: string
  readonly peer_id: string
  readonly node_id: string
  readonly seq: string
  readonly ip: string | null
  readonly ip6: string | null
  readonly ports: Readonly<Record<Port, number | null>>
  readonly p2p_addresses: readonly string[]
  readonly discovery_addresses: readonly string[]
  readonly fork_digest: string | null
  readonly known_as: ForkPlace | null
  /** Null when no other fork is scheduled. */
  readonly next_fork: NextFork | null
  /** `nfd`, zeros when none is scheduled. */
  readonly next_fork_digest: string | null
  readonly attnets: readonly number[] | null
  readonly syncnets: readonly number[] | null
  readonly custody_group_count: number | null
  readonly custody_columns: readonly number[] | null
  readonly client: ClientName | null
  /** Fields that have not the form of their specification, as hex. */
  readonly malformed: Readonly<Record<string, string>>
  /** Fields that no specification of ours names, as hex; a list in its RLP form. */
  readonly other: Readonly<Record<string, string>>
}

/** Fields that any record has, and whose form the decoder has checked. */
const IDENTITY_KEYS: readonly string[] = ['id', 'secp256k1']

/** @throws RelayError BAD_ENR that says why */
export function describeEnr(text: string, forks: KnownForks): EnrDescription {
  const record = decodeNodeRecord(text)
  // A value may be a list, whatever the library's type says.
  const fields: ReadonlyMap<string, RlpItem> = ENR.decodeTxt(record.enr).kvs
  const described = {
    ip: record.ip ?? null,
    ip6: record.ip6 ?? null,
    ports: portsOf(fields),
    p2p_addresses: record.addresses,
    discovery_addresses: discoveryAddresses(record),
    ...forkOf(record, forks),
    attnets: bitsOf(record.attnetsHex),
    syncnets: bitsOf(record.syncnetsHex),
    ...custodyOf(record),
    client: clientNameOf(fields.get('client')),
  }
  // A map, as a stranger's field may be called `constructor`.
  const understood = new Map<string, unknown>(
    Object.entries({
      ...{ ip: described.ip, ip6: described.ip6, ...described.ports, client: described.client },
      ...{ eth2: described.fork_digest, nfd: described.next_fork_digest, cgc: described.custody_group_count },
      ...{ attnets: described.attnets, syncnets: described.syncnets },
    }),
  )
  const rest = [...fields].filter(([key]) => !IDENTITY_KEYS.includes(key) && (understood.get(key) ?? null) === null)
  const isSpecified = (key: string): boolean => understood.has(key)
  return {
    ...{ enr: record.enr, peer_id: record.peerId, node_id: `0x${record.nodeIdHex}`, seq: record.seq },
    ...described,
    malformed: asHex(rest.filter(([key]) => isSpecified(key))),
    other: asHex(rest.filter(([key]) => !isSpecified(key))),
  }
}

function bytesOf(value: RlpItem | undefined): Uint8Array | undefined {
  return value instanceof Uint8Array ? value : undefined
}

function portsOf(fields: ReadonlyMap<string, RlpItem>): EnrDescription['ports'] {
  const port = (key: Port): number | null => portOf(bytesOf(fields.get(key))) ?? null
  const [tcp, quic, udp, tcp6, quic6, udp6] = [
    port('tcp'),
    port('quic'),
    port('udp'),
    port('tcp6'),
    port('quic6'),
    port('udp6'),
  ]
  return { tcp, quic, udp, tcp6, quic6, udp6 }
}

function discoveryAddresses({ ip, udp, ip6, udp6, peerId }: NodeRecord): string[] {
  return [
    ...(ip === undefined || udp === undefined ? [] : [`/ip4/${ip}/udp/${udp}/p2p/${peerId}`]),
    ...(ip6 === undefined || udp6 === undefined ? [] : [`/ip6/${ip6}/udp/${udp6}/p2p/${peerId}`]),
  ]
}

function place(known: KnownFork | undefined): ForkPlace | null {
  if (known === undefined) return null
  const { network, entry } = known
  return { network, fork: entry.fork, epoch: entry.epoch, max_blobs_per_block: entry.maxBlobsPerBlock }
}

type ForkFields = Pick<EnrDescription, 'fork_digest' | 'known_as' | 'next_fork' | 'next_fork_digest'>

function forkOf(record: NodeRecord, forks: KnownForks): ForkFields {
  const { forkDigestHex: digest, nextForkVersionHex: version, nextForkEpoch: epoch, nextForkDigestHex: nfd } = record
  const current = digest === undefined ? undefined : forks.byDigest(digest)
  const isScheduled = version !== undefined && epoch !== undefined && Number.isFinite(epoch)
  return {
    fork_digest: digest === undefined ? null : `0x${digest}`,
    known_as: place(current),
    next_fork: isScheduled ? { version: `0x${version}`, epoch, known_as: place(nextOf()) } : null,
    next_fork_digest: nfd === undefined ? null : `0x${nfd}`,
  }

  /** `nfd` says it exactly; a record from before Fulu leaves the version and the epoch to go by. */
  function nextOf(): KnownFork | undefined {
    if (!isScheduled) return undefined
    const planned = nfd === undefined ? undefined : forks.byDigest(nfd)
    if (nfd !== undefined) return planned?.entry.epoch === epoch ? planned : undefined
    return current === undefined ? undefined : forks.planned(current.network, epoch, version)
  }
}

function custodyOf({ nodeIdHex, custodyGroupCount: count }: NodeRecord) {
  const columns = count === undefined ? null : columnsOfGroups(custodyGroups(fromHex(nodeIdHex, 32), count))
  return { custody_group_count: count ?? null, custody_columns: columns }
}

/** The bits set of an SSZ bitvector, which counts from the least significant bit of the first byte. */
function bitsOf(hex: string | undefined): number[] | null {
  if (hex === undefined) return null
  return [...fromHex(hex)].flatMap((byte, place) =>
    Array.from({ length: 8 }, (_, bit) => place * 8 + bit).filter((_, bit) => ((byte >> bit) & 1) === 1),
  )
}

function asHex(fields: readonly (readonly [string, RlpItem])[]): Readonly<Record<string, string>> {
  return Object.fromEntries(fields.map(([key, value]) => [key, to0xHex(bytesOf(value) ?? encodeRlp(value))]))
}
