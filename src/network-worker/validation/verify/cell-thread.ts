/**
 * What the thread for KZG proofs works on: columns and blobs whose headers are verified, or cannot be. It is another
 * thread than that for signatures, because it loads the trusted setup for two seconds, and no block may wait for that.
 * Peers take turns: who sends wrong ones by the dozen has others wait for one of them.
 */
import { CELL_BYTES } from '../../../consensus/ssz/ssz-bounds.ts'
import type { PoolClient } from '../../../validation-pool/client.ts'
import type { CellColumn, VerifyBlobInput } from '../../../validation-pool/job-table.ts'
import { FairQueue } from './fair-queue.ts'
import type { Unanswered } from './signature-thread.ts'

/**
 * Cells of one job, 4 columns of 32 blobs or more columns of fewer: together they cost a tenth of what they cost one by
 * one, but what comes next waits for all of them, some 30 ms.
 */
const MAX_BATCH_CELLS = 128
/** Blob, commitments, header and inclusion proof (specs/deneb/p2p-interface.md#blobsidecar). */
const BLOB_SIDECAR_BYTES = 131_928
/**
 * That wait: all columns of a block and of a forged one. With 9 blobs each they hold 5 MB; with as many blobs as the
 * schedules have so far, 21, 12 MB.
 */
const COLUMN_BOUNDS = { maxItems: 256, maxBytes: 16 * 1024 * 1024 }
/** That wait: those of three blocks. Each is kept in its sidecar. */
const MAX_BLOBS = 32
const BLOB_BOUNDS = { maxItems: MAX_BLOBS, maxBytes: MAX_BLOBS * BLOB_SIDECAR_BYTES }

interface WaitingColumn {
  readonly column: CellColumn
  readonly answer: (answer: boolean | Unanswered) => void
}

interface WaitingBlob {
  readonly input: VerifyBlobInput
  readonly answer: (answer: boolean | Unanswered) => void
}

export class CellThread {
  readonly #pool: Pick<PoolClient, 'run'>
  readonly #columns = new FairQueue<WaitingColumn>(COLUMN_BOUNDS)
  readonly #blobs = new FairQueue<WaitingBlob>(BLOB_BOUNDS)
  #isBusy = false
  #isBlobBusy = false
  #loading: Promise<boolean> | undefined
  #isLoaded = false

  /** @param pool with a thread of its own */
  constructor(pool: Pick<PoolClient, 'run'>) {
    this.#pool = pool
  }

  /** True once the trusted setup is loaded: until then, whoever wants a proof verified waits for two seconds. */
  get isReady(): boolean {
    return this.#isLoaded
  }

  /** Loads the trusted setup, once. False when that failed; asked again, it is tried again. Never rejects. */
  load(): Promise<boolean> {
    this.#loading ??= this.#load()
    return this.#loading
  }

  /** True when its cells are those of its commitments. Its buffers change hands. `source`: whose turn. Never rejects. */
  verifyColumn(column: CellColumn, source: string): Promise<boolean | Unanswered> {
    return new Promise((answer) => {
      const { commitments, cells, proofs } = column
      const sizeBytes = commitments.length + cells.length + proofs.length
      for (const gone of this.#columns.push(source, { column, answer }, sizeBytes)) gone.answer('queue_full')
      this.#work()
    })
  }

  /** True when it is the commitment's. Its buffers change hands. `source`: whose turn. Never rejects. */
  verifyBlob(input: VerifyBlobInput, source: string): Promise<boolean | Unanswered> {
    return new Promise((answer) => {
      const sizeBytes = input.blob.buffer.byteLength
      for (const gone of this.#blobs.push(source, { input, answer }, sizeBytes)) gone.answer('queue_full')
      this.#workOnBlobs()
    })
  }

  async #load(): Promise<boolean> {
    const result = await this.#pool.run('verify-cells', { columns: [] })
    this.#isLoaded = result.ok
    if (!result.ok) this.#loading = undefined
    return result.ok
  }

  #work(): void {
    if (this.#isBusy) return
    const batch = this.#takeBatch()
    if (batch.length === 0) return
    this.#isBusy = true
    void this.#run(batch).finally(() => {
      this.#isBusy = false
      this.#work()
    })
  }

  /** One at a time, since the pool takes but few. */
  #workOnBlobs(): void {
    if (this.#isBlobBusy) return
    const next = this.#blobs.shift()
    if (next === undefined) return
    this.#isBlobBusy = true
    void this.#runBlob(next).finally(() => {
      this.#isBlobBusy = false
      this.#workOnBlobs()
    })
  }

  /** One column at least, and as many more as together have not too many cells. */
  #takeBatch(): WaitingColumn[] {
    const batch: WaitingColumn[] = []
    let cells = 0
    for (let next = this.#columns.peek(); next !== undefined; next = this.#columns.peek()) {
      cells += next.column.cells.length / CELL_BYTES
      if (batch.length > 0 && cells > MAX_BATCH_CELLS) break
      batch.push(next)
      this.#columns.shift()
    }
    return batch
  }

  async #run(waiting: readonly WaitingColumn[]): Promise<void> {
    const columns = waiting.map(({ column }) => column)
    const buffers = buffersOf(columns.map(({ cells }) => cells))
    const result = await this.#pool.run('verify-cells', { columns }, buffers)
    if (!result.ok) this.#onFailed()
    for (const [index, { answer }] of waiting.entries()) answer(result.ok ? result.output[index] === 1 : 'failed')
  }
  async #runBlob({ input, answer }: WaitingBlob): Promise<void> {
    const result = await this.#pool.run('verify-blob', input, buffersOf([input.blob]))
    if (!result.ok) this.#onFailed()
    answer(result.ok ? result.output : 'failed')
  }

  /** The thread may have been replaced by one that has loaded nothing. */
  #onFailed(): void {
    this.#isLoaded = false
    this.#loading = undefined
  }
}

/** What is handed over: one buffer for each object, of which its parts are views. */
function buffersOf(parts: readonly Uint8Array[]): ArrayBuffer[] {
  return parts.flatMap(({ buffer }) => (buffer instanceof ArrayBuffer ? [buffer] : []))
}
