/**
 * The fields of our node record as bytes (EIP-778; reference/p2p.md A3; consensus-specs phase0 and fulu
 * p2p-interface.md, "ENR structure").
 */
import ipaddr from 'ipaddr.js'
import type { DigestEntry, ForkSchedule } from '../../consensus/fork-schedule.ts'
import { isForkAtLeast } from '../../consensus/network-config.ts'
import { ipText, portOf } from '../../consensus/node-record-addresses.ts'
import { integerBytes } from '../../consensus/rlp-encode.ts'
import { fromHex, toHex } from '../../shared/hex.ts'
import type { LocalMetadata } from './local-metadata.ts'

const FAR_FUTURE_EPOCH = 2n ** 64n - 1n

/** Where we can be reached by one address family, as far as it is known. */
export interface FamilyEndpoint {
  readonly ip: string | undefined
  readonly tcp: number | undefined
  readonly udp: number | undefined
  readonly quic: number | undefined
}

/** Both families; undefined is one we do not speak. */
export interface EnrEndpoint {
  readonly v4: FamilyEndpoint | undefined
  readonly v6: FamilyEndpoint | undefined
}

/** The digest in force, and what the network plans. */
export interface EnrFork {
  readonly current: DigestEntry
  /** Undefined when nothing is scheduled. */
  readonly next: DigestEntry | undefined
  /** From then on, whether or not Fulu has begun, `cgc` and `nfd` are due. */
  readonly isFuluScheduled: boolean
}

/** Values by key; undefined is a field the record shall not have. */
export type EnrFields = ReadonlyMap<string, Uint8Array | undefined>

export function enrFork(schedule: ForkSchedule, epoch: number): EnrFork {
  const current = schedule.at(epoch)
  return {
    current,
    next: schedule.next(current.epoch),
    isFuluScheduled: schedule.entries.some(({ fork }) => isForkAtLeast(fork, 'fulu')),
  }
}

/** Every field we know of. Of others, a record keeps what it has. */
export function enrFields({ v4, v6 }: EnrEndpoint, fork: EnrFork, metadata: LocalMetadata): EnrFields {
  const nfd = fork.next === undefined ? new Uint8Array(4) : fromHex(fork.next.digestHex, 4)
  return new Map([
    ...familyFields('', v4),
    ...familyFields('6', v6),
    ['eth2', encodeForkId(fork)],
    ['attnets', metadata.attnets],
    ['syncnets', metadata.syncnets],
    ['cgc', fork.isFuluScheduled ? integerBytes(BigInt(metadata.custodyGroupCount)) : undefined],
    ['nfd', fork.isFuluScheduled ? nfd : undefined],
  ])
}

function familyFields(suffix: '' | '6', endpoint: FamilyEndpoint | undefined): [string, Uint8Array | undefined][] {
  const ip = endpoint?.ip === undefined ? undefined : Uint8Array.from(ipaddr.parse(endpoint.ip).toByteArray())
  const ports = (['tcp', 'udp', 'quic'] as const).map((name): [string, Uint8Array | undefined] => {
    const port = endpoint?.[name]
    return [`${name}${suffix}`, port === undefined ? undefined : integerBytes(BigInt(port))]
  })
  return [[`ip${suffix}`, ip], ...ports]
}

/** What a record says of where it is reached; values of a wrong form count as missing. */
export function endpointOf(fields: ReadonlyMap<string, Uint8Array>): EnrEndpoint {
  return { v4: readFamily(fields, '', 4), v6: readFamily(fields, '6', 6) }
}

function readFamily(fields: ReadonlyMap<string, Uint8Array>, suffix: '' | '6', family: 4 | 6): FamilyEndpoint {
  const port = (name: string): number | undefined => portOf(fields.get(`${name}${suffix}`))
  return { ip: ipText(fields.get(`ip${suffix}`), family), tcp: port('tcp'), udp: port('udp'), quic: port('quic') }
}

/**
 * ENRForkID, 16 bytes: digest, next fork version, next fork epoch (u64 LE). Next is whichever comes first, a regular
 * fork or a blob-parameter change; the version is the one in force then, so that only a regular fork changes it. Prysm,
 * Lodestar and Nimbus say the same; Lighthouse names the next regular fork even when a blob-parameter change comes
 * first. Nobody drops a peer for it: the digest in force decides.
 */
function encodeForkId({ current, next }: EnrFork): Uint8Array {
  const bytes = new Uint8Array(16)
  bytes.set(fromHex(current.digestHex, 4), 0)
  bytes.set(fromHex((next ?? current).forkVersionHex, 4), 4)
  new DataView(bytes.buffer).setBigUint64(8, next === undefined ? FAR_FUTURE_EPOCH : BigInt(next.epoch), true)
  return bytes
}

/** Whether a record has exactly these values, of the fields given. */
export function hasFields(record: ReadonlyMap<string, Uint8Array>, fields: EnrFields): boolean {
  return [...fields].every(([key, value]) => {
    const held = record.get(key)
    return held === undefined || value === undefined ? held === value : toHex(held) === toHex(value)
  })
}
