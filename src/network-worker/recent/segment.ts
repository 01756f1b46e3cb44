/**
 * A segment: an append-only file with the objects of a run of slots. Appended to by one writer at its known end, read
 * at known places by many, rebuilt at start by walking its heads. What is torn or damaged is cut off or not there.
 */
import { type FileHandle, open, unlink } from 'node:fs/promises'
import { decodeHead, encodeHead, HEAD_BYTES, isIntact, MAGIC, type RecentHead, type StoredHead } from './record.ts'

/** Where an object lies. */
export interface Place {
  readonly segment: Segment
  readonly payloadAt: number
  readonly head: StoredHead
}

export class Segment {
  readonly path: string
  readonly #file: FileHandle
  #endBytes: number
  #isClosed = false

  private constructor(path: string, file: FileHandle, endBytes: number) {
    this.path = path
    this.#file = file
    this.#endBytes = endBytes
  }

  /**
   * Opens or makes the file and hands over what it holds, in the order of writing. Everything from the first damaged
   * head on is cut off, and so is a payload that the file ends within.
   * @param maxRecords heads that are looked at; beyond them the file is cut off too
   * @throws what the file system says
   */
  static async open(
    path: string,
    maxRecords: number,
  ): Promise<{ readonly segment: Segment; readonly places: readonly Place[] }> {
    const file = await openOrMake(path)
    try {
      const { size } = await file.stat()
      const magic = await readAt(file, 0, MAGIC.length)
      if (!MAGIC.equals(magic)) {
        await file.truncate(0)
        await file.write(MAGIC, 0, MAGIC.length, 0)
        return { segment: new Segment(path, file, MAGIC.length), places: [] }
      }
      const { found, endBytes } = await scan(file, size, maxRecords)
      if (endBytes < size) await file.truncate(endBytes)
      const segment = new Segment(path, file, endBytes)
      return { segment, places: found.map((one) => ({ segment, ...one })) }
    } catch (error) {
      await file.close()
      throw error
    }
  }

  get bytes(): number {
    return this.#endBytes
  }

  /**
   * Appends objects, to be called by one writer at a time. When it throws nothing was appended: what was written of
   * them is cut off, or else written over by the next one.
   * @throws what the file system says
   */
  async append(objects: readonly (readonly [RecentHead, Uint8Array])[]): Promise<readonly Place[]> {
    if (objects.length === 0) return []
    const pieces: Uint8Array[] = []
    const places: Place[] = []
    let at = this.#endBytes
    for (const [head, payload] of objects) {
      const encoded = encodeHead(head, payload)
      pieces.push(encoded, payload)
      const stored = decodeHead(encoded)
      if (stored === undefined) throw new Error('an object that cannot be stored')
      places.push({ segment: this, payloadAt: at + HEAD_BYTES, head: stored })
      at += HEAD_BYTES + payload.length
    }
    try {
      const { bytesWritten } = await this.#file.writev(pieces, this.#endBytes)
      if (bytesWritten !== at - this.#endBytes) throw new Error('a segment was not written whole')
    } catch (error) {
      await this.#file.truncate(this.#endBytes).catch(() => undefined)
      throw error
    }
    this.#endBytes = at
    return places
  }

  /** The payload at `place`, or undefined when it is damaged or its file is gone. Never throws. */
  async read({ payloadAt, head }: Place): Promise<Uint8Array | undefined> {
    if (this.#isClosed) return undefined
    try {
      const payload = await readAt(this.#file, payloadAt, head.payloadBytes)
      return isIntact(head, payload) ? payload : undefined
    } catch {
      return undefined
    }
  }

  /** Reads under way find nothing. Never throws. */
  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    await this.#file.close().catch(() => undefined)
  }

  /** Closes and deletes the file. @throws what the file system says */
  async remove(): Promise<void> {
    await this.close()
    await unlink(this.path)
  }
}

async function openOrMake(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r+')
  } catch (error) {
    // Any other failure is no reason to empty a file that is there.
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
    return await open(path, 'wx+', 0o600)
  }
}

/** Up to `length` bytes from `at`: fewer at the end of the file. */
async function readAt(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length)
  let filled = 0
  while (filled < length) {
    const { bytesRead } = await file.read(bytes, filled, length - filled, at + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return bytes.subarray(0, filled)
}

async function scan(file: FileHandle, sizeBytes: number, maxRecords: number) {
  const found: { readonly payloadAt: number; readonly head: StoredHead }[] = []
  let endBytes: number = MAGIC.length
  while (found.length < maxRecords) {
    const head = decodeHead(await readAt(file, endBytes, HEAD_BYTES))
    if (head === undefined) break
    const payloadAt = endBytes + HEAD_BYTES
    if (payloadAt + head.payloadBytes > sizeBytes) break
    found.push({ payloadAt, head })
    endBytes = payloadAt + head.payloadBytes
  }
  return { found, endBytes }
}
