import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SignableENR } from '@chainsafe/enr'
import type { DigestEntry } from '../../consensus/fork-schedule.ts'
import { fromHex, toHex } from '../../shared/hex.ts'
import type { LocalMetadata } from './local-metadata.ts'

/** File of the data dir with the last ENR: its sequence number must never go back. */
export const ENR_FILE = 'enr.txt'
const FAR_FUTURE_EPOCH = 2n ** 64n - 1n

/** Where we can be reached, as far as it is known. */
export interface EnrEndpoint {
  readonly ip: string | undefined
  readonly tcp: number | undefined
  readonly udp: number | undefined
  readonly quic: number | undefined
}

/** The digest in force and the one after it, undefined when none is scheduled. */
export interface EnrFork {
  readonly current: DigestEntry
  readonly next: DigestEntry | undefined
}

/**
 * Our node record, kept true: the sequence number rises by one for each change of content, restarts included.
 * Fields: reference/p2p.md A3 (consensus-specs phase0 and fulu p2p-interface, "ENR structure").
 */
export class LocalEnr {
  readonly #path: string
  readonly #record: SignableENR

  constructor(dataDir: string, secretKey: Uint8Array) {
    this.#path = join(dataDir, ENR_FILE)
    this.#record = new SignableENR(keptPairs(this.#path, secretKey), keptSequence(this.#path, secretKey), secretKey)
  }

  /** 32 bytes; discv5's id of this node, from which backbone subnets and custody groups follow. */
  get nodeId(): Uint8Array {
    return fromHex(this.#record.nodeId, 32)
  }

  get text(): string {
    return this.#record.encodeTxt()
  }

  /** Sets every field and writes the file when anything changed. @returns true when it did */
  update(endpoint: EnrEndpoint, fork: EnrFork, metadata: LocalMetadata): boolean {
    const before = contentOf(this.#record)
    const { seq } = this.#record
    const isIp6 = endpoint.ip?.includes(':') ?? false
    this.#record.ip = isIp6 ? undefined : endpoint.ip
    this.#record.ip6 = isIp6 ? endpoint.ip : undefined
    this.#record.tcp = isIp6 ? undefined : endpoint.tcp
    this.#record.tcp6 = isIp6 ? endpoint.tcp : undefined
    this.#record.udp = isIp6 ? undefined : endpoint.udp
    this.#record.udp6 = isIp6 ? endpoint.udp : undefined
    this.#record.quic = isIp6 ? undefined : endpoint.quic
    this.#record.quic6 = isIp6 ? endpoint.quic : undefined
    this.#record.set('eth2', encodeForkId(fork))
    this.#record.set('nfd', fork.next === undefined ? new Uint8Array(4) : fromHex(fork.next.digestHex, 4))
    this.#record.set('attnets', metadata.attnets)
    this.#record.set('syncnets', metadata.syncnets)
    this.#record.set('cgc', bigEndian(metadata.custodyGroupCount))
    const isChanged = contentOf(this.#record) !== before
    // The library counts each field that is set, changed or not.
    this.#record.seq = isChanged ? seq + 1n : seq
    if (!isChanged) return false
    const temporary = `${this.#path}.new`
    writeFileSync(temporary, `${this.text}\n`)
    renameSync(temporary, this.#path)
    return true
  }
}

/** ENRForkID, 16 bytes: digest, next fork version, next fork epoch (u64 LE); a blob-parameter change counts as next. */
function encodeForkId({ current, next }: EnrFork): Uint8Array {
  const bytes = new Uint8Array(16)
  bytes.set(fromHex(current.digestHex, 4), 0)
  bytes.set(fromHex((next ?? current).forkVersionHex, 4), 4)
  new DataView(bytes.buffer).setBigUint64(8, next === undefined ? FAR_FUTURE_EPOCH : BigInt(next.epoch), true)
  return bytes
}

/** Shortest big-endian form: no leading zeros, zero is empty. */
function bigEndian(value: number): Uint8Array {
  if (value === 0) return new Uint8Array()
  const digits = value.toString(16)
  return fromHex(digits.length % 2 === 0 ? digits : `0${digits}`)
}

function contentOf(record: SignableENR): string {
  const pairs = [...record.kvs].map(([key, value]) => `${key}=${toHex(value)}`)
  return pairs.sort().join(',')
}

/** The last record, if the file holds one of this key; anything else is started anew. */
function keptRecord(path: string, secretKey: Uint8Array): SignableENR | undefined {
  if (!existsSync(path)) return undefined
  try {
    return SignableENR.decodeTxt(readFileSync(path, 'utf8').trim(), secretKey)
  } catch {
    return undefined
  }
}

function keptPairs(path: string, secretKey: Uint8Array): ReadonlyMap<string, Uint8Array> {
  return keptRecord(path, secretKey)?.kvs ?? SignableENR.createV4(secretKey).kvs
}

function keptSequence(path: string, secretKey: Uint8Array): bigint {
  return keptRecord(path, secretKey)?.seq ?? 0n
}
