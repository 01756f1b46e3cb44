import { once } from 'node:events'
import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http'
import type { Socket } from 'node:net'
import { systemClock } from '../shared/clock.ts'
import { RelayError } from '../shared/errors.ts'
import type { Logger } from '../shared/logger.ts'
import { type AppDeps, createApp } from './app.ts'
import { createMetricsApp, type MetricsAppDeps } from './metrics-app.ts'

/** Bounds of one connection. All requests are small and the worker answers within its own time-out. */
const LIMITS: ServerOptions = {
  maxHeaderSize: 16 * 1024,
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  /** Above the 10 s at which dashboards poll, so that each keeps its connection. */
  keepAliveTimeout: 15_000,
  /** Checked by the app, which answers JSON where the server itself would answer an empty 400. */
  requireHostHeader: false,
}

/** A reader that takes nothing of its answer for this long holds memory for nothing. */
const SOCKET_IDLE_MS = 60_000
/** Dozens of dashboards with six connections each; beyond that it is a leak or an attack, and descriptors are finite. */
const MAX_CONNECTIONS = 512

/**
 * Requests in a row that one connection may have open; browsers and dashboards send one at a time. Node reads 64 kB of them, a
 * thousand, before it looks whether the answers are taken.
 */
const MAX_PIPELINED = 16

/** Requests in progress get this long to end when the API stops; the caller's bound for the whole stop is above it. */
const STOP_DEADLINE_MS = 1_000
const IDLE_SWEEP_MS = 50

export interface ApiServer {
  /** Where it listens, with the true port: `http://127.0.0.1:5052`. */
  readonly url: string
  /** Accepts nothing more, lets requests in progress end for up to 1 s, then cuts them. Idempotent. */
  stop(): Promise<void>
}

interface ListenDeps {
  readonly address: string
  /** 0 takes a free port. */
  readonly port: number
  readonly log: Logger
}

export interface ApiDeps extends AppDeps, ListenDeps {}

export interface MetricsServerDeps extends MetricsAppDeps, ListenDeps {}

const LISTEN_ERRORS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the port is in use',
  EADDRNOTAVAIL: 'this machine does not have the address',
  EACCES: 'no permission for the port',
  ENOTFOUND: 'the name does not resolve',
}

/** `host:port`, with brackets where the host is IPv6. */
function authority(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

function listenError(cause: unknown, address: string, port: number): RelayError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  const reason = LISTEN_ERRORS[code] ?? (cause instanceof Error ? cause.message : String(cause))
  return new RelayError(
    'LISTEN_FAILED',
    `the API cannot listen on ${authority(address, port)}: ${reason}`,
    {},
    { cause },
  )
}

function boundUrl(server: Server): string {
  const bound = server.address()
  if (bound === null || typeof bound === 'string') throw new Error('the API is not bound to an IP address')
  return `http://${authority(bound.address, bound.port)}`
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  // A connection whose request just ended would else stay open for its keep-alive time.
  using _idle = systemClock.every(IDLE_SWEEP_MS, () => server.closeIdleConnections())
  using _all = systemClock.after(STOP_DEADLINE_MS, () => server.closeAllConnections())
  await closed
}

/**
 * Serves the HTTP API; resolves when it listens.
 * @throws LISTEN_FAILED with the address and the reason
 */
export function startApi(deps: ApiDeps): Promise<ApiServer> {
  return listen(createApp(deps), deps)
}

/**
 * Serves `/metrics` and nothing else; resolves when it listens.
 * @throws LISTEN_FAILED with the address and the reason
 */
export function startMetricsServer(deps: MetricsServerDeps): Promise<ApiServer> {
  return listen(createMetricsApp(deps), deps)
}

/** Ends connections that ask for more at once than an honest client does: each answer waits in memory for the one before it. */
function withoutPipelines(app: RequestListener): RequestListener {
  const open = new WeakMap<Socket, number>()
  return (request, response) => {
    const { socket } = request
    const count = (open.get(socket) ?? 0) + 1
    if (count > MAX_PIPELINED) {
      socket.destroy()
      return
    }
    open.set(socket, count)
    response.once('close', () => open.set(socket, (open.get(socket) ?? 1) - 1))
    app(request, response)
  }
}

async function listen(app: RequestListener, { address, port, log }: ListenDeps): Promise<ApiServer> {
  const server = createServer(LIMITS, withoutPipelines(app))
  server.timeout = SOCKET_IDLE_MS
  server.maxConnections = MAX_CONNECTIONS
  server.listen({ host: address, port, exclusive: true })
  try {
    await once(server, 'listening')
  } catch (cause) {
    throw listenError(cause, address, port)
  }
  server.on('error', (err) => log.error({ err }, 'API server error'))
  let stopping: Promise<void> | undefined
  return { url: boundUrl(server), stop: () => (stopping ??= close(server)) }
}
