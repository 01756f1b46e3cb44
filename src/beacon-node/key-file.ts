/**
 * Public keys of validators on disk, so that a restart does not ask for them all again: a head that names the chain,
 * then the keys by index. A write cut short leaves half a key at the end, which is cut off.
 */
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { fromHex } from '../shared/hex.ts'
import { MAX_VALIDATOR_KEYS, PUBKEY_BYTES } from '../shared/validator-keys.ts'

const MAGIC = Buffer.from('STRLKEY1', 'latin1')
const HEAD_BYTES = MAGIC.length + 32
/** Read at once, so that a registry of 100 MB never is in memory twice: 3 MiB. */
const KEYS_AT_ONCE = 65_536

export const KEY_FILE = 'validator-keys'

export class KeyFile implements AsyncDisposable {
  readonly #file: FileHandle
  #count: number

  private constructor(file: FileHandle, count: number) {
    this.#file = file
    this.#count = count
  }

  /** Opens the directory's file, made anew when it is of another chain. @throws what the file system says */
  static async open(dataDir: string, genesisValidatorsRootHex: string): Promise<KeyFile> {
    const path = join(dataDir, KEY_FILE)
    const file = await open(path, 'r+').catch(() => open(path, 'w+', 0o600))
    const head = Buffer.concat([MAGIC, fromHex(genesisValidatorsRootHex, 32)])
    const found = Buffer.alloc(HEAD_BYTES)
    await file.read(found, 0, HEAD_BYTES, 0)
    const { size } = await file.stat()
    if (!found.equals(head)) {
      await file.truncate(0)
      await file.write(head, 0, HEAD_BYTES, 0)
      return new KeyFile(file, 0)
    }
    const count = Math.min(MAX_VALIDATOR_KEYS, Math.floor((size - HEAD_BYTES) / PUBKEY_BYTES))
    await file.truncate(HEAD_BYTES + count * PUBKEY_BYTES)
    return new KeyFile(file, count)
  }

  get count(): number {
    return this.#count
  }

  /** Its keys, in pieces. */
  async *pieces(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < this.#count; at += KEYS_AT_ONCE) {
      const bytes = new Uint8Array(Math.min(KEYS_AT_ONCE, this.#count - at) * PUBKEY_BYTES)
      const { bytesRead } = await this.#file.read(bytes, 0, bytes.length, HEAD_BYTES + at * PUBKEY_BYTES)
      if (bytesRead !== bytes.length) throw new Error(`${KEY_FILE} ends early`)
      yield bytes
    }
  }

  async append(keys: Uint8Array): Promise<void> {
    await this.#file.write(keys, 0, keys.length, HEAD_BYTES + this.#count * PUBKEY_BYTES)
    this.#count += keys.length / PUBKEY_BYTES
  }

  /** Forgets every key. */
  async clear(): Promise<void> {
    await this.#file.truncate(HEAD_BYTES)
    this.#count = 0
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#file.close()
  }
}
