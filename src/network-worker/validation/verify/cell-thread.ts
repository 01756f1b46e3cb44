/**
 * What the thread for KZG proofs works on: columns and blobs whose headers are verified. It is another thread than that
 * for signatures, because it loads the trusted setup for two seconds, and no block may wait for that.
 */
import type { PoolClient } from '../../../validation-pool/client.ts'
import type { CellColumn, VerifyBlobInput } from '../../../validation-pool/job-table.ts'
import type { Unanswered } from './signature-thread.ts'

/**
 * Cells of one job, 4 columns of 32 blobs or more columns of fewer: together they cost a tenth of what they cost one by
 * one, but what comes next waits for all of them, some 30 ms.
 */
const MAX_BATCH_CELLS = 128
const CELL_BYTES = 2048
/** That wait: all columns of a block and of a forged one. With 9 blobs each they hold 5 MB. */
const MAX_COLUMNS = 256
/** That wait: those of three blocks, 4 MB. */
const MAX_BLOBS = 32

interface WaitingColumn {
  readonly column: CellColumn
  readonly answer: (answer: boolean | Unanswered) => void
}

export class CellThread {
  readonly #pool: Pick<PoolClient, 'run'>
  readonly #columns: WaitingColumn[] = []
  #blobs = 0
  #lastBlob: Promise<unknown> = Promise.resolve()
  #isBusy = false
  #loading: Promise<void> | undefined
  #isLoaded = false

  /** @param pool with a thread of its own */
  constructor(pool: Pick<PoolClient, 'run'>) {
    this.#pool = pool
  }

  /**
   * False until the trusted setup is loaded, which begins with the first call: a message that waited for it would be
   * two seconds late. Asked again after a failure, it is tried again.
   */
  isReady(): boolean {
    this.#loading ??= this.#load()
    return this.#isLoaded
  }

  /** True when its cells are those of its commitments. Its buffers change hands. Never rejects. */
  verifyColumn(column: CellColumn): Promise<boolean | Unanswered> {
    if (this.#columns.length >= MAX_COLUMNS) return Promise.resolve('queue_full')
    return new Promise((answer) => {
      this.#columns.push({ column, answer })
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

  async #load(): Promise<void> {
    const result = await this.#pool.run('verify-cells', { columns: [] })
    this.#isLoaded = result.ok
    if (!result.ok) this.#loading = undefined
  }

  #work(): void {
    if (this.#isBusy || this.#columns.length === 0) return
    this.#isBusy = true
    void this.#run(this.#columns.splice(0, this.#batchLength())).finally(() => {
      this.#isBusy = false
      this.#work()
    })
  }

  /** One column at least, and as many more as together have not too many cells. */
  #batchLength(): number {
    let cells = 0
    const end = this.#columns.findIndex(({ column }) => {
      cells += column.cells.length / CELL_BYTES
      return cells > MAX_BATCH_CELLS
    })
    return end < 0 ? this.#columns.length : Math.max(1, end)
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
