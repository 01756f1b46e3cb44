import type { Client } from '../../rpc/client-type.ts'
import type { DiscoveryControl, UdpBind } from '../../rpc/discovery-contract.ts'
import type { Clock } from '../../shared/clock.ts'
import type { Logger } from '../../shared/logger.ts'
import type { RecordBook } from './record-book.ts'

/** Records handed to the worker at a time: a tenth of a second of its work, so that lookups begin meanwhile. */
const SEED_BATCH = 32
/** The last of them are told this long after they were handed over: events are batched, the call's answer is not. */
const SEED_ECHO_MS = 5000

export type SeededControl = Pick<Client<DiscoveryControl>, 'setLocalRecord' | 'getBinds' | 'addRecords'>

export interface SeedingDeps {
  readonly book: Pick<RecordBook, 'texts' | 'forgetDormant'>
  readonly clock: Clock
  readonly log: Logger
  /** Our record as it is now. */
  readonly localRecord: () => string
  readonly onBound: (binds: readonly UdpBind[]) => void
  /** The thread that is there now, if one is. */
  readonly current: () => SeededControl | undefined
}

/** What a thread that begins has to be told: it knows only the boot nodes, and our record as it was a moment ago. */
export class Seeding {
  readonly #deps: SeedingDeps
  #echo: Disposable | undefined
  #stopped = false

  constructor(deps: SeedingDeps) {
    this.#deps = deps
  }

  /**
   * Tells where we are bound and hands over what we know. What has not come back some seconds later is no record of our
   * network any more; a thread that died meanwhile has told nothing about that. Never rejects.
   */
  async handOver(control: SeededControl): Promise<void> {
    const { book, log, localRecord, onBound } = this.#deps
    this.#echo?.[Symbol.dispose]()
    try {
      await control.setLocalRecord(localRecord())
      onBound(await control.getBinds())
      const texts = book.texts()
      for (let start = 0; start < texts.length; start += SEED_BATCH) {
        await control.addRecords(texts.slice(start, start + SEED_BATCH))
      }
    } catch (err) {
      log.debug({ err }, 'discovery ended while it was given what is known')
      return
    }
    this.#awaitEcho(control)
  }

  stop(): void {
    this.#stopped = true
    this.#echo?.[Symbol.dispose]()
  }

  #awaitEcho(control: SeededControl): void {
    const { book, clock, current } = this.#deps
    if (this.#stopped || current() !== control) return
    this.#echo = clock.after(SEED_ECHO_MS, () => {
      if (current() === control) book.forgetDormant()
    })
  }
}
