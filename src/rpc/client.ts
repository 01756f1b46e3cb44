/**
 * The calling end of a control port. Every call ends: with the handler's answer, with the handler's error, with
 * RPC_TIMEOUT, or with RPC_CLOSED once the port or its worker is gone.
 */
import { type Clock, systemClock } from '../shared/clock.ts'
import { RelayError } from '../shared/errors.ts'
import type { Client } from './client-type.ts'
import { fromWireError, isResponse, type Port } from './wire.ts'

/**
 * Calls that may wait at once. A caller that polls every endpoint of the API from a thousand tabs stays below it;
 * above it the worker is not answering, and more waiting would only cost memory.
 */
export const MAX_PENDING_CALLS = 10_000

export interface ClientOptions {
  /** How long a call may take before it fails with RPC_TIMEOUT. */
  readonly timeoutMs: number
  /** Default {@link MAX_PENDING_CALLS}. */
  readonly maxPending?: number
  /** When true, every call fails with NOT_READY until `open()`: the worker exists but does not serve yet. */
  readonly openLater?: boolean
  readonly clock?: Clock
}

export interface Connection<C> {
  readonly client: Client<C>
  /** Calls that wait for an answer now. */
  readonly pending: number
  /** Lets calls through, where `openLater` held them back. */
  open(): void
  /** Fails every pending and every later call with RPC_CLOSED and this reason; the first reason stays. Idempotent. */
  close(reason: string): void
}

interface PendingCall {
  resolve(value: unknown): void
  reject(error: RelayError): void
  readonly timeout: Disposable
}

class PortConnection {
  readonly #port: Port
  readonly #timeoutMs: number
  readonly #maxPending: number
  readonly #clock: Clock
  readonly #pending = new Map<number, PendingCall>()
  #nextId = 1
  #open: boolean
  #closedBy: string | undefined

  constructor(port: Port, options: ClientOptions) {
    this.#port = port
    this.#timeoutMs = options.timeoutMs
    this.#maxPending = options.maxPending ?? MAX_PENDING_CALLS
    this.#clock = options.clock ?? systemClock
    this.#open = options.openLater !== true
    port.on('message', (frame) => this.#onFrame(frame))
    port.on('close', () => this.close('the port to the worker was closed'))
  }

  get pending(): number {
    return this.#pending.size
  }

  open(): void {
    this.#open = true
  }

  close(reason: string): void {
    this.#closedBy ??= reason
    for (const id of [...this.#pending.keys()]) this.#settle(id)?.reject(new RelayError('RPC_CLOSED', this.#closedBy))
  }

  call(method: string, args: readonly unknown[]): Promise<unknown> {
    const refusal = this.#refusal(method)
    if (refusal !== undefined) return Promise.reject(refusal)
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    const id = this.#nextId++
    const timeout = this.#clock.after(this.#timeoutMs, () => {
      this.#settle(id)?.reject(
        new RelayError('RPC_TIMEOUT', `${method} did not answer within ${this.#timeoutMs} ms`, { method }),
      )
    })
    this.#pending.set(id, { resolve, reject, timeout })
    try {
      this.#port.postMessage({ kind: 'request', id, method, args })
    } catch (cause) {
      this.#settle(id)?.reject(
        new RelayError('INTERNAL', `arguments of ${method} cannot be sent`, { method }, { cause }),
      )
    }
    return promise
  }

  #refusal(method: string): RelayError | undefined {
    if (this.#closedBy !== undefined) return new RelayError('RPC_CLOSED', this.#closedBy)
    if (!this.#open) return new RelayError('NOT_READY', 'the worker is still starting', { method })
    if (this.#pending.size < this.#maxPending) return undefined
    return new RelayError('NOT_READY', `${this.#maxPending} calls already wait for the worker`, { method })
  }

  #onFrame(frame: unknown): void {
    if (!isResponse(frame)) return
    const call = this.#settle(frame.id)
    if (frame.kind === 'ok') call?.resolve(frame.value)
    else call?.reject(fromWireError(frame.error))
  }

  /** Takes the call out of the table; undefined when it was settled before, as by its time-out. */
  #settle(id: number): PendingCall | undefined {
    const call = this.#pending.get(id)
    if (call === undefined) return undefined
    this.#pending.delete(id)
    call.timeout[Symbol.dispose]()
    return call
  }
}

/**
 * The client of contract `C` on `port`. Its methods come from the type alone: a call of a method that the other end
 * does not serve fails with INTERNAL. The time-outs do not keep the process alive; to let the port not do so either,
 * the owner calls `port.unref()` after this.
 */
export function createClient<C extends object>(port: Port, options: ClientOptions): Connection<C> {
  const connection = new PortConnection(port, options)
  const methods = new Map<string, (...args: unknown[]) => Promise<unknown>>()
  const client = new Proxy({} as Client<C>, {
    get: (_target, key) => {
      // Answering `then` would make an `await` of the client itself a remote call.
      if (typeof key !== 'string' || key === 'then') return undefined
      const known = methods.get(key)
      if (known !== undefined) return known
      const method = (...args: unknown[]): Promise<unknown> => connection.call(key, args)
      methods.set(key, method) // bounded by the contract's method names: keys are never made from input
      return method
    },
  })
  return {
    client,
    get pending() {
      return connection.pending
    },
    open: () => connection.open(),
    close: (reason) => connection.close(reason),
  }
}
