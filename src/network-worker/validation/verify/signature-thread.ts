/**
 * What the thread for signatures works on, and in what order. It has one job at a time, so that what is urgent waits for
 * 20 ms at most, and all that came meanwhile is verified in one batch, which is the cheaper the more it holds. Peers take
 * turns: who sends forgeries by the dozen has others wait for one of them, and not for all.
 */
import type { PoolClient } from '../../../validation-pool/client.ts'
import type { VerifiedBlock, VerifyBlockInput } from '../../../validation-pool/job-table.ts'
import {
  packSets,
  SET_BYTES,
  type SignatureAnswer,
  type SignatureBytes,
  signatureAnswer,
} from '../../../validation-pool/signature-sets.ts'
import { FairQueue } from './fair-queue.ts'

/** Sets of one job: as many as the job verifies in one go. */
const MAX_BATCH = 16
/**
 * Headers and blocks that wait: a slot has one of each, and forgers may send more. At 4 ms a block and 130 kB this is a
 * quarter of a second and 8 MB; what would wait longer is better off with the policy of its topic. Forged blocks may be
 * larger, and find less room.
 */
const URGENT_BOUNDS = { maxItems: 64, maxBytes: 16 * 1024 * 1024 }
/** Other sets that wait: a second of the thread. */
const MAX_OTHERS = 1024
const OTHERS_BOUNDS = { maxItems: MAX_OTHERS, maxBytes: MAX_OTHERS * SET_BYTES }

export type Unanswered = 'queue_full' | 'failed'
type Answer<T> = (answer: T | Unanswered) => void

interface WaitingSet {
  readonly set: SignatureBytes
  readonly answer: Answer<SignatureAnswer>
}

interface WaitingBlock {
  readonly block: VerifyBlockInput
  readonly answer: Answer<VerifiedBlock | undefined>
}

type Urgent = WaitingSet | WaitingBlock

/** The source of jobs that no peer caused. */
const OURSELVES = ''

function isBlock(urgent: Urgent): urgent is WaitingBlock {
  return 'block' in urgent
}

/** Tells those for whom there was no room. */
function refuse(gone: readonly Urgent[]): void {
  for (const { answer } of gone) answer('queue_full')
}

/** The sets that come next, up to a batch, and to the next block. */
function takeBatch(queue: FairQueue<Urgent>): WaitingSet[] {
  const batch: WaitingSet[] = []
  for (let next = queue.peek(); next !== undefined && !isBlock(next) && batch.length < MAX_BATCH; next = queue.peek()) {
    batch.push(next)
    queue.shift()
  }
  return batch
}

export class SignatureThread {
  readonly #pool: Pick<PoolClient, 'run'>
  readonly #urgent = new FairQueue<Urgent>(URGENT_BOUNDS)
  readonly #others = new FairQueue<Urgent>(OTHERS_BOUNDS)
  #isBusy = false

  /** @param pool with a thread of its own, so that nothing else is waited for */
  constructor(pool: Pick<PoolClient, 'run'>) {
    this.#pool = pool
  }

  /**
   * Whether the signature is the key's. Urgent ones go before all others that wait. `source`: whose turn it takes.
   * Never rejects.
   */
  verify(set: SignatureBytes, isUrgent: boolean, source: string): Promise<SignatureAnswer | Unanswered> {
    return new Promise((answer) => {
      const queue = isUrgent ? this.#urgent : this.#others
      refuse(queue.push(source, { set, answer }, SET_BYTES))
      this.#work()
    })
  }

  /** Root of a block and whether it is signed; undefined for bytes that are no block. `ssz` changes hands. */
  verifyBlock(block: VerifyBlockInput, source: string): Promise<VerifiedBlock | undefined | Unanswered> {
    return new Promise((answer) => {
      refuse(this.#urgent.push(source, { block, answer }, block.ssz.length))
      this.#work()
    })
  }

  /** Has the thread load what its jobs need, by jobs that have nothing to do. Never rejects. */
  async warmUp(): Promise<void> {
    const none = new Uint8Array(0)
    const block = { fork: 'phase0', ssz: none, pubkey: none, domain: none, signedRoot: undefined } as const
    await this.verifyBlock(block, OURSELVES)
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
    const first = this.#urgent.peek()
    if (first === undefined) {
      const others = takeBatch(this.#others)
      return others.length === 0 ? undefined : this.#runSets(others)
    }
    if (isBlock(first)) {
      this.#urgent.shift()
      return this.#runBlock(first)
    }
    return this.#runSets(takeBatch(this.#urgent))
  }

  async #runSets(waiting: readonly WaitingSet[]): Promise<void> {
    const sets = packSets(waiting.map(({ set }) => set))
    const result = await this.#pool.run('verify-signatures', { sets }, [sets.buffer])
    for (const [index, { answer }] of waiting.entries())
      answer(result.ok ? signatureAnswer(result.output[index]) : 'failed')
  }

  async #runBlock({ block, answer }: WaitingBlock): Promise<void> {
    const result = await this.#pool.run('verify-block', block, [block.ssz.buffer])
    answer(result.ok ? result.output : 'failed')
  }
}
