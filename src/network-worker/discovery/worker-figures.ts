import type { Client } from '../../rpc/client-type.ts'
import type { DiscoveryControl } from '../../rpc/discovery-contract.ts'
import type { DiscoveryWorkerView } from '../../rpc/discovery-views.ts'
import type { Clock } from '../../shared/clock.ts'
import { RelayError } from '../../shared/errors.ts'

/** How old the figures may be that a dashboard or a scrape is shown. */
const REFRESH_PERIOD_MS = 2000

/**
 * The discovery worker's own figures, as they last came. Asked for on a period of our own, so that however many poll,
 * the two threads exchange one call in two seconds, and no reader waits for another thread.
 */
export class WorkerFigures {
  readonly #control: () => Pick<Client<DiscoveryControl>, 'getView'> | undefined
  readonly #clock: Clock
  readonly #onHung: () => void
  #latest: DiscoveryWorkerView | undefined
  #timer: Disposable | undefined
  #isAsked = false

  /** @param onHung called when a question was not answered within the time that any call has */
  constructor(
    control: () => Pick<Client<DiscoveryControl>, 'getView'> | undefined,
    clock: Clock,
    onHung: () => void = () => {},
  ) {
    this.#control = control
    this.#clock = clock
    this.#onHung = onHung
  }

  /** Undefined until they came once, and while no thread answers. */
  get latest(): DiscoveryWorkerView | undefined {
    return this.#latest
  }

  start(): void {
    void this.refresh()
    this.#timer = this.#clock.every(REFRESH_PERIOD_MS, () => void this.refresh())
  }

  stop(): void {
    this.#timer?.[Symbol.dispose]()
  }

  /** A worker that has not answered since the last time hangs: its old figures are shown no longer, nor is it asked again. */
  async refresh(): Promise<void> {
    if (this.#isAsked) {
      this.#latest = undefined
      return
    }
    this.#isAsked = true
    // Whatever keeps the worker from answering is logged where it is started anew.
    const view = await this.#control()
      ?.getView()
      .catch((err: unknown) => {
        if (RelayError.from(err).code === 'RPC_TIMEOUT') this.#onHung()
        return undefined
      })
    this.#latest = view
    this.#isAsked = false
  }
}
