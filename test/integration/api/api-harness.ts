import { mkdtempSync, rmSync } from 'node:fs'
import { request as httpRequest, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { TestContext } from 'node:test'
import { MessageChannel } from 'node:worker_threads'
import pino from 'pino'
import type { ReadBeaconNode } from '../../../src/api/routes/eth-node.ts'
import { type ApiServer, startApi } from '../../../src/api/server.ts'
import { EventHub } from '../../../src/main/event-hub.ts'
import { openKeptState } from '../../../src/main/kept/kept-state.ts'
import { RelayOperator } from '../../../src/main/operator/operator.ts'
import type { AccessLists } from '../../../src/rpc/access.ts'
import { type Connection, createClient } from '../../../src/rpc/client.ts'
import type { Control } from '../../../src/rpc/contract.ts'
import { type Handlers, serve } from '../../../src/rpc/server.ts'
import type { Clock } from '../../../src/shared/clock.ts'
import { relayConfig } from '../../support/relay-config.ts'
import { CHAIN_FACTS } from './standard-double.ts'

export interface Reply {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
  /** The body as JSON; throws when it is none. */
  json(): unknown
}

export interface CallOptions {
  readonly headers?: OutgoingHttpHeaders
  /** A string is sent as it is, without a content type; anything else as JSON. */
  readonly body?: unknown
}

export interface HarnessOptions {
  readonly token?: string
  readonly corsOrigin?: readonly string[]
  readonly address?: string
  readonly clock?: Clock
  readonly openLater?: boolean
  readonly beaconNode?: ReadBeaconNode
}

export interface Stored {
  readonly settings: Readonly<Record<string, number>>
  readonly explicitPeers: readonly string[]
  readonly access: AccessLists
}

export interface Harness {
  readonly api: ApiServer
  /** Takes events in the network worker's place. */
  readonly hub: EventHub
  readonly port: number
  readonly connection: Connection<Control>
  /** Parsed lines of the log. */
  readonly logged: Record<string, unknown>[]
  /** What the database holds now. */
  stored(): Stored
  call(method: string, path: string, options?: CallOptions): Promise<Reply>
  /** Writes bytes to a fresh connection and reads until the server closes it. */
  raw(bytes: string): Promise<string>
}

async function call(port: number, method: string, path: string, { headers, body }: CallOptions): Promise<Reply> {
  const isJson = body !== undefined && typeof body !== 'string'
  const bytes = body === undefined ? undefined : Buffer.from(isJson ? JSON.stringify(body) : body)
  // Node sends the body of a DELETE without either, so that nobody can tell where it ends.
  const isChunked = headers?.['transfer-encoding'] !== undefined
  const { promise, resolve, reject } = Promise.withResolvers<Reply>()
  const request = httpRequest(
    {
      host: '127.0.0.1',
      port,
      method,
      path,
      agent: false,
      headers: {
        ...(isJson ? { 'content-type': 'application/json' } : {}),
        ...(bytes === undefined || isChunked ? {} : { 'content-length': bytes.length }),
        ...headers,
      },
    },
    (response) => {
      text(response).then((read) => {
        const { statusCode = 0 } = response
        resolve({ status: statusCode, headers: response.headers, text: read, json: () => JSON.parse(read) })
      }, reject)
    },
  )
  request.on('error', reject)
  request.end(bytes)
  return promise
}

async function raw(port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.write(bytes)
  return text(socket)
}

/** The state at a first start with the start-up values of relay-double.ts, in a directory of its own. */
function emptyState(log: pino.Logger) {
  const dataDir = mkdtempSync(join(tmpdir(), 'starling-api-'))
  const kept = openKeptState(relayConfig(dataDir, { targetPeers: 80, maxLatencyMs: 150, networkLoad: 5 }), log)
  return { kept, remove: () => rmSync(dataDir, { recursive: true, force: true }) }
}

/**
 * The API on a free port of the loopback, its control calls served by `handlers` over real message ports, its operator
 * the real one on a database of its own.
 */
export async function startHarness(
  t: TestContext,
  handlers: Handlers<Control>,
  options: HarnessOptions = {},
): Promise<Harness> {
  const { port1, port2 } = new MessageChannel()
  serve<Control>(port2, handlers)
  const connection = createClient<Control>(port1, {
    timeoutMs: 5_000,
    ...(options.clock === undefined ? {} : { clock: options.clock }),
    ...(options.openLater === undefined ? {} : { openLater: options.openLater }),
  })
  const logged: Record<string, unknown>[] = []
  const log = pino({ level: 'debug' }, { write: (line: string) => void logged.push(JSON.parse(line)) })
  const { kept, remove } = emptyState(log)
  const clock = options.clock === undefined ? {} : { clock: options.clock }
  const operator = new RelayOperator({ control: connection.client, kept, log, ...clock })
  const hub = new EventHub({ control: connection.client, ...clock })
  const api = await startApi({
    control: connection.client,
    operator,
    events: hub,
    log,
    address: options.address ?? '127.0.0.1',
    port: 0,
    token: options.token,
    chainFacts: CHAIN_FACTS,
    corsOrigin: options.corsOrigin ?? [],
    ...(options.beaconNode === undefined ? {} : { beaconNode: options.beaconNode }),
  })
  t.after(async () => {
    hub.close()
    await api.stop()
    connection.close('the test is over')
    await operator.close()
    kept.close()
    remove()
    port1.close()
  })
  const port = Number(new URL(api.url).port)
  return {
    api,
    hub,
    port,
    connection,
    logged,
    stored: () => ({
      settings: Object.fromEntries(kept.settingsStore.all().map(({ name, value }) => [name, value])),
      explicitPeers: kept.explicitPeersStore.all().map(({ peerId }) => peerId),
      access: kept.accessStore.load(),
    }),
    call: (method, path, callOptions = {}) => call(port, method, path, callOptions),
    raw: (bytes) => raw(port, bytes),
  }
}
