/**
 * Requests to the beacon node, bounded in time and size. What answers is the operator's, yet may be anything: a proxy's
 * login page, another service on that port, a node under load. Redirects are not followed, since where they lead was
 * not the operator's choice.
 */
import type { Clock } from '../shared/clock.ts'

/** Why a request gave nothing; the first five mean that the node is away or unwell, the rest that it answers wrongly. */
export type FailureKind =
  | 'unreachable'
  | 'timeout'
  | 'stopped'
  | 'server_error'
  | 'too_many_requests'
  | 'not_found'
  | 'refused'
  | 'redirect'
  | 'too_large'
  | 'wrong_type'
  | 'bad_answer'

/** A request that gave nothing to use. The message names the path and the problem, never the URL, which may hold a secret. */
export class BeaconNodeError extends Error {
  override readonly name = 'BeaconNodeError'
  readonly kind: FailureKind

  constructor(kind: FailureKind, message: string, options?: ErrorOptions) {
    super(message, options)
    this.kind = kind
  }
}

export interface HttpOptions {
  /** Origin and path that the API's paths are appended to. */
  readonly url: string
  readonly clock: Clock
  /** From the request to the last byte of its answer. */
  readonly timeoutMs?: number
}

export interface Ask {
  readonly path: string
  readonly maxBytes: number
  /** Makes it a POST. */
  readonly json?: unknown
  /** Media types in order of preference; the answer's must be one of them. */
  readonly accept: readonly string[]
}

export interface Answer {
  /** One of those asked for. */
  readonly type: string
  readonly bytes: Uint8Array
}

/** A node under load takes seconds for a state; beyond this it is of no use. */
const TIMEOUT_MS = 10_000

const BY_STATUS: Readonly<Record<number, FailureKind>> = {
  404: 'not_found',
  405: 'not_found',
  429: 'too_many_requests',
}

export class BeaconHttp {
  readonly #base: string
  readonly #clock: Clock
  readonly #timeoutMs: number
  /** Requests under way, of which there are two at most: a round's and the registry's. */
  readonly #underWay = new Set<AbortController>()
  #isStopped = false

  constructor({ url, clock, timeoutMs = TIMEOUT_MS }: HttpOptions) {
    this.#base = url.replace(/\/+$/, '')
    this.#clock = clock
    this.#timeoutMs = timeoutMs
  }

  /** Ends what is under way and refuses what comes later. */
  stop(): void {
    this.#isStopped = true
    for (const request of this.#underWay) request.abort()
  }

  /** @throws BeaconNodeError, and nothing else */
  async ask(request: Ask): Promise<Answer> {
    const end = new AbortController()
    using _timer = this.#clock.after(this.#timeoutMs, () => end.abort())
    this.#underWay.add(end)
    try {
      if (this.#isStopped) end.abort()
      return await this.#exchange(request, end.signal)
    } catch (cause) {
      if (this.#isStopped) throw new BeaconNodeError('stopped', `${request.path}: the relay stops`)
      if (end.signal.aborted) {
        throw new BeaconNodeError('timeout', `${request.path}: no whole answer in ${this.#timeoutMs} ms`, { cause })
      }
      if (cause instanceof BeaconNodeError) throw cause
      throw new BeaconNodeError('unreachable', `${request.path}: ${reasonOf(cause)}`, { cause })
    } finally {
      this.#underWay.delete(end)
    }
  }

  async #exchange({ path, json, accept, maxBytes }: Ask, signal: AbortSignal): Promise<Answer> {
    const quality = (index: number): string => (index === 0 ? '' : `;q=0.${9 - index}`)
    const headers: Record<string, string> = {
      accept: accept.map((type, index) => `${type}${quality(index)}`).join(','),
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
    }
    const response = await fetch(`${this.#base}${path}`, {
      method: json === undefined ? 'GET' : 'POST',
      headers,
      redirect: 'manual',
      signal,
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    })
    try {
      const type = checkHead(path, response, accept)
      return { type, bytes: await readBounded(path, response, maxBytes) }
    } finally {
      // A body that is not read to its end would hold the connection.
      if (response.body !== null && !response.bodyUsed) await response.body.cancel().catch(() => undefined)
    }
  }
}

/** The answer's media type. @throws BeaconNodeError for anything but a success of a type asked for */
function checkHead(path: string, { status, headers }: Response, accept: readonly string[]): string {
  if (status >= 300 && status < 400) throw new BeaconNodeError('redirect', `${path}: redirects (${status})`)
  if (status !== 200) {
    const kind = BY_STATUS[status] ?? (status >= 500 ? 'server_error' : 'refused')
    throw new BeaconNodeError(kind, `${path}: status ${status}`)
  }
  const type = (headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
  if (!accept.includes(type)) throw new BeaconNodeError('wrong_type', `${path}: answers no ${accept.join(' or ')}`)
  return type
}

async function readBounded(path: string, { body, headers }: Response, maxBytes: number): Promise<Uint8Array> {
  const tooLarge = (): BeaconNodeError => new BeaconNodeError('too_large', `${path}: is over ${maxBytes} bytes`)
  if (Number(headers.get('content-length') ?? 0) > maxBytes) throw tooLarge()
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of body ?? []) {
    length += chunk.length
    if (length > maxBytes) throw tooLarge() // leaving the loop cancels the body
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, length)
}

/** fetch says "fetch failed" and keeps the reason in its cause; of a name with several addresses, a reason for each. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause)
  const inner = cause.cause ?? cause
  const reason: unknown = inner instanceof AggregateError ? inner.errors[0] : inner
  return reason instanceof Error ? reason.message || reason.name : String(reason)
}
