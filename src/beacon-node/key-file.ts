/**
 * Public keys of validators on disk, so that a restart does not ask for them all again: a name, which is the chain's; how
 * many keys count, and their checksum; the keys by index. A key that is not what was written would make every message of
 * its validator a forgery, so that a file whose sum is another is read as empty. The count is raised when the keys behind
 * it are on disk: what a crash leaves beyond it is cut off.
 */
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { fromHex } from '../shared/hex.ts'
import { MAX_VALIDATOR_KEYS, PUBKEY_BYTES } from '../shared/validator-keys.ts'

const MAGIC = Buffer.from('STRLKEY2', 'latin1')
const NAME_BYTES = MAGIC.length + 32
/** Two numbers of four bytes behind the name: the count, and the sum (CRC-32). */
const HEAD_BYTES = NAME_BYTES + 8
/** Read at once, so that a registry of 100 MB never is in memory twice: 3 MiB. */
const KEYS_AT_ONCE = 65_536

export const KEY_FILE = 'validator-keys'

export class KeyFile implements AsyncDisposable {
  readonly #file: FileHandle
  #count = 0
  #sum = 0
  #lost = 0

  private constructor(file: FileHandle) {
    this.#file = file
  }

  /** Opens the directory's file, made anew when it is of another chain. @throws what the file system says */
  static async open(dataDir: string, genesisValidatorsRootHex: string): Promise<KeyFile> {
    const path = join(dataDir, KEY_FILE)
    const handle = await open(path, 'r+').catch(() => open(path, 'w+', 0o600))
    const file = new KeyFile(handle)
    try {
      await file.#restore(Buffer.concat([MAGIC, fromHex(genesisValidatorsRootHex, 32)]))
      return file
    } catch (cause) {
      await handle.close()
      throw cause
    }
  }

  get count(): number {
    return this.#count
  }

  /** Keys that were there when the file was opened and could not be used. */
  get lost(): number {
    return this.#lost
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

  /** Afterwards, when it threw, the file is what it was, but must not be written to again: some of the keys may be there. */
  async append(keys: Uint8Array): Promise<void> {
    await this.#write(keys, HEAD_BYTES + this.#count * PUBKEY_BYTES)
    await this.#file.datasync()
    await this.#writeCount(this.#count + keys.length / PUBKEY_BYTES, crc32(keys, this.#sum))
  }

  /** Forgets every key. */
  async clear(): Promise<void> {
    await this.#writeCount(0, 0)
    await this.#file.truncate(HEAD_BYTES)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#file.close()
  }

  async #restore(name: Buffer): Promise<void> {
    const head = Buffer.alloc(HEAD_BYTES)
    await this.#file.read(head, 0, HEAD_BYTES, 0)
    if (!head.subarray(0, NAME_BYTES).equals(name)) {
      await this.#file.truncate(0)
      await this.#write(name, 0)
      return await this.clear()
    }
    this.#count = Math.min(MAX_VALIDATOR_KEYS, head.readUInt32LE(NAME_BYTES))
    this.#sum = head.readUInt32LE(NAME_BYTES + 4)
    if (await this.#isWhole()) {
      await this.#file.truncate(HEAD_BYTES + this.#count * PUBKEY_BYTES)
      return
    }
    this.#lost = this.#count
    await this.clear()
  }

  async #isWhole(): Promise<boolean> {
    const { size } = await this.#file.stat()
    if (size < HEAD_BYTES + this.#count * PUBKEY_BYTES) return false
    let sum = 0
    for await (const piece of this.pieces()) sum = crc32(piece, sum)
    return sum === this.#sum
  }

  async #writeCount(count: number, sum: number): Promise<void> {
    const numbers = Buffer.alloc(HEAD_BYTES - NAME_BYTES)
    numbers.writeUInt32LE(count, 0)
    numbers.writeUInt32LE(sum, 4)
    await this.#write(numbers, NAME_BYTES)
    this.#count = count
    this.#sum = sum
  }

  /** All of it: one call may write less, as to a disk that is nearly full. */
  async #write(bytes: Uint8Array, at: number): Promise<void> {
    let written = 0
    while (written < bytes.length) {
      const { bytesWritten } = await this.#file.write(bytes, written, bytes.length - written, at + written)
      written += bytesWritten
    }
  }
}
