/**
 * What the thread for signatures works on, and in what order. It has one job at a time, so that what is urgent waits for
 * 10 ms at most, and all that came meanwhile is verified in one batch, which is the cheaper the more it holds.
 */
import type { PoolClient } from '../../../validation-pool/client.ts'
import type { VerifiedBlock, VerifyBlockInput } from '../../../validation-pool/job-table.ts'
import { packSets, type SignatureBytes } from '../../../validation-pool/signature-sets.ts'

/** Sets of one job: as many as the job verifies in one go. */
const MAX_BATCH = 16
/**
 * Headers and blocks that wait: a slot has one of each, and forgers may send more. At 4 ms a block and 130 kB this is a
 * quarter of a second and 8 MB; what would wait longer is better off with the policy of its topic.
 */
const MAX_URGENT = 64
/** Other sets that wait: a second of the thread. */
const MAX_OTHERS = 1024

export type Unanswered = 'queue_full' | 'failed'
type Answer<T> = (answer: T | Unanswered) => void

interface WaitingSet {
  readonly set: SignatureBytes
  readonly answer: Answer<boolean>
}

interface WaitingBlock {
  readonly block: VerifyBlockInput
  readonly answer: Answer<VerifiedBlock | undefined>
}

type Urgent = WaitingSet | WaitingBlock

function isBlock(urgent: Urgent): urgent is WaitingBlock {
  return 'block' in urgent
}

export class SignatureThread {
  readonly #pool: Pick<PoolClient, 'run'>
  readonly #urgent: Urgent[] = []
  readonly #others: WaitingSet[] = []
  #isBusy = false

  /** @param pool with a thread of its own, so that nothing else is waited for */
  constructor(pool: Pick<PoolClient, 'run'>) {
    this.#pool = pool
  }

  /** True when the signature is the key's. Urgent ones go before all others that wait. Never rejects. */
  verify(set: SignatureBytes, isUrgent: boolean): Promise<boolean | Unanswered> {
    const queue = isUrgent ? this.#urgent : this.#others
    if (queue.length >= (isUrgent ? MAX_URGENT : MAX_OTHERS)) return Promise.resolve('queue_full')
    return new Promise((answer) => {
      queue.push({ set, answer })
      this.#work()
    })
  }

  /** Root of a block and whether it is signed; undefined for bytes that are no block. `ssz` changes hands. */
  verifyBlock(block: VerifyBlockInput): Promise<VerifiedBlock | undefined | Unanswered> {
    if (this.#urgent.length >= MAX_URGENT) return Promise.resolve('queue_full')
    return new Promise((answer) => {
      this.#urgent.push({ block, answer })
      this.#work()
    })
  }

  /** Has the thread load what its jobs need, by jobs that have nothing to do. Never rejects. */
  async warmUp(): Promise<void> {
    const none = new Uint8Array(0)
    await this.verifyBlock({ fork: 'phase0', ssz: none, pubkey: none, domain: none, signedRoot: undefined })
  }

  /** Begins the next job, unless one is under way. */
  #work(): void {
    if (this.#isBusy) return
    const job = this.#next()
    if (job === undefined) return
    this.#isBusy = true
    void job.finally(() => {
      this.#isBusy = false
      this.#work()
    })
  }

  #next(): Promise<void> | undefined {
    const [first] = this.#urgent
    if (first === undefined) {
      return this.#others.length === 0 ? undefined : this.#runSets(this.#others.splice(0, MAX_BATCH))
    }
    if (isBlock(first)) {
      this.#urgent.shift()
      return this.#runBlock(first)
    }
    const sets: WaitingSet[] = []
    for (const urgent of this.#urgent) {
      if (isBlock(urgent) || sets.length === MAX_BATCH) break
      sets.push(urgent)
    }
    this.#urgent.splice(0, sets.length)
    return this.#runSets(sets)
  }

  async #runSets(waiting: readonly WaitingSet[]): Promise<void> {
    const sets = packSets(waiting.map(({ set }) => set))
    const result = await this.#pool.run('verify-signatures', { sets }, [sets.buffer])
    for (const [index, { answer }] of waiting.entries()) answer(result.ok ? result.output[index] === 1 : 'failed')
  }

  async #runBlock({ block, answer }: WaitingBlock): Promise<void> {
    const result = await this.#pool.run('verify-block', block, [block.ssz.buffer])
    answer(result.ok ? result.output : 'failed')
  }
}
