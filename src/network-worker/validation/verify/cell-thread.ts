/**
 * What the thread for KZG proofs works on: columns and blobs whose headers are verified. It is another thread than that
 * for signatures, because it loads the trusted setup for two seconds, and no block may wait for that.
 */
import type { PoolClient } from '../../../validation-pool/client.ts'
import type { CellColumn, VerifyBlobInput } from '../../../validation-pool/job-table.ts'
import { FairQueue } from './fair-queue.ts'
import type { Unanswered } from './signature-thread.ts'

/**
 * Cells of one job, 4 columns of 32 blobs or more columns of fewer: together they cost a tenth of what they cost one by
 * one, but what comes next waits for all of them, some 30 ms.
 */
const MAX_BATCH_CELLS = 128
const CELL_BYTES = 2048
/**
 * That wait: all columns of a block and of a forged one. With 9 blobs each they hold 5 MB; with as many blobs as the
 * schedules have so far, 21, 12 MB.
 */
const COLUMN_BOUNDS = { maxItems: 256, maxBytes: 16 * 1024 * 1024 }
/** That wait: those of three blocks, 4 MB. */
const MAX_BLOBS = 32

interface WaitingColumn {
  readonly column: CellColumn
  readonly answer: (answer: boolean | Unanswered) => void
}

export class CellThread {
  readonly #pool: Pick<PoolClient, 'run'>
  readonly #columns = new FairQueue<WaitingColumn>(COLUMN_BOUNDS)
  #blobs = 0
  #lastBlob: Promise<unknown> = Promise.resolve()
  #isBusy = false
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

  /** True when its cells are those of its commitments. Its buffers change hands. Never rejects. */
  verifyColumn(column: CellColumn, source: string): Promise<boolean | Unanswered> {
    return new Promise((answer) => {
      const { commitments, cells, proofs } = column
      const sizeBytes = commitments.length + cells.length + proofs.length
      for (const gone of this.#columns.push(source, { column, answer }, sizeBytes)) gone.answer('queue_full')
      this.#work()
    })
  }

  /** True when it is the commitment's. Its buffers change hands. Never rejects. */
  async verifyBlob(input: VerifyBlobInput): Promise<boolean | Unanswered> {
    if (this.#blobs >= MAX_BLOBS) return 'queue_full'
    this.#blobs++
    // One at a time, since the pool takes but few.
    const run = this.#lastBlob.then(() => this.#pool.run('verify-blob', input, buffersOf([input.blob])))
    this.#lastBlob = run
    const result = await run
    this.#blobs--
    return result.ok ? result.output : 'failed'
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
    // The thread may have been replaced by one that has loaded nothing.
    if (!result.ok) {
      this.#isLoaded = false
      this.#loading = undefined
    }
    for (const [index, { answer }] of waiting.entries()) answer(result.ok ? result.output[index] === 1 : 'failed')
  }
}

/** What is handed over: one buffer for each object, of which its parts are views. */
function buffersOf(parts: readonly Uint8Array[]): ArrayBuffer[] {
  return parts.flatMap(({ buffer }) => (buffer instanceof ArrayBuffer ? [buffer] : []))
}
