import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { SignableENR } from '@chainsafe/enr'
import { ENR_FILE } from '../../shared/data-files.ts'
import { fromHex } from '../../shared/hex.ts'
import { replaceDurably } from './durable-file.ts'
import { type EnrEndpoint, type EnrFields, type EnrFork, endpointOf, enrFields, hasFields } from './enr-fields.ts'
import type { LocalMetadata } from './local-metadata.ts'

/** Without these a record has no identity. */
const IDENTITY_KEYS: ReadonlySet<string> = new Set(['id', 'secp256k1'])

/**
 * Our node record, kept true: the sequence number rises by one for each change of content, restarts included. Without a
 * file it begins at the time in ms, above all that earlier runs can have reached: peers hold on to the highest number they
 * know of a key and would never take a record below it (EIP-778; go-ethereum begins at the same). Fields
 * that this release does not know stay as the file had them, unless they leave no room for those it does.
 */
export class LocalEnr {
  readonly #path: string
  readonly #secretKey: Uint8Array
  #record: SignableENR
  #text: string
  #isSaved = true

  /** @param nowMs wall time */
  constructor(dataDir: string, secretKey: Uint8Array, nowMs: number) {
    this.#path = join(dataDir, ENR_FILE)
    this.#secretKey = secretKey
    this.#record = keptRecord(this.#path, secretKey) ?? newRecord(secretKey, nowMs)
    this.#text = this.#record.encodeTxt()
  }

  /** 32 bytes; discv5's id of this node, from which backbone subnets and custody groups follow. */
  get nodeId(): Uint8Array {
    return fromHex(this.#record.nodeId, 32)
  }

  get text(): string {
    return this.#text
  }

  /** Where the record says we are reached; at first, where the last run said. */
  get endpoint(): EnrEndpoint {
    return endpointOf(this.#record.kvs)
  }

  /** Sets every field, and signs anew when that changes anything. `save` comes next. @returns true when it did */
  update(endpoint: EnrEndpoint, fork: EnrFork, metadata: LocalMetadata): boolean {
    const fields = enrFields(endpoint, fork, metadata)
    if (hasFields(this.#record.kvs, fields)) return false
    const { kvs } = this.#record
    try {
      this.#sign(kvs, fields)
    } catch {
      // Over the 300 bytes that EIP-778 allows: ours alone are always below.
      this.#sign(new Map([...kvs].filter(([key]) => IDENTITY_KEYS.has(key))), fields)
    }
    this.#isSaved = false
    return true
  }

  /**
   * Writes what the file does not have yet; to be called before anybody sees the new record.
   * @throws whatever the file system says; the next call tries again
   */
  save(): void {
    if (this.#isSaved) return
    replaceDurably(this.#path, `${this.#text}\n`)
    this.#isSaved = true
  }

  #sign(base: ReadonlyMap<string, Uint8Array>, fields: EnrFields): void {
    const pairs = new Map(base)
    for (const [key, value] of fields) {
      if (value === undefined) pairs.delete(key)
      else pairs.set(key, value)
    }
    const record = new SignableENR(pairs, this.#record.seq + 1n, this.#secretKey)
    this.#text = record.encodeTxt()
    this.#record = record
  }
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

/** Has no content yet: the first one makes the number one more. */
function newRecord(secretKey: Uint8Array, nowMs: number): SignableENR {
  const seq = BigInt(Math.max(0, Math.floor(nowMs)))
  return new SignableENR(SignableENR.createV4(secretKey).kvs, seq, secretKey)
}
