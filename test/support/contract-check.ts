/** Requests to a running relay whose replies are held against the OpenAPI document's table. */
import assert from 'node:assert/strict'
import { operations } from '../../src/api/openapi/document.ts'
import { JSON_TYPE, type Operation, replyOf } from '../../src/api/openapi/operation.ts'

/** Changes wait for each other: behind some that time out, one may itself take 15 s to do so. */
const TIMEOUT_MS = 40_000

export interface ContractRequest {
  /** By the names of the path's parameters. */
  readonly path?: Readonly<Record<string, string>>
  readonly query?: string
  readonly json?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** A request and the status it must have. */
export type ContractCase = readonly [status: number, request: ContractRequest]

/** @throws Error when the table has no such operation */
export function operationOf(id: string): Operation {
  return operations.find((one) => one.id === id) ?? assert.fail(`no operation ${id}`)
}

function urlOf(api: string, { path }: Operation, request: ContractRequest): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(request.path?.[name] ?? ''))
  return `${api}${filled}${request.query === undefined ? '' : `?${request.query}`}`
}

async function send(api: string, operation: Operation, request: ContractRequest) {
  const response = await fetch(urlOf(api, operation, request), {
    method: operation.method.toUpperCase(),
    signal: AbortSignal.timeout(TIMEOUT_MS),
    headers: { ...(request.json === undefined ? {} : { 'content-type': JSON_TYPE }), ...request.headers },
    ...(request.json === undefined ? {} : { body: JSON.stringify(request.json) }),
  })
  return { response, text: await response.text() }
}

/** Sends the request to the API and holds its reply against the document; its body, undefined where it has none. */
export async function checkReply(api: string, operation: Operation, [status, request]: ContractCase): Promise<unknown> {
  const { response, text } = await send(api, operation, request)
  const what = `${operation.id} ${JSON.stringify(request).slice(0, 300)}: ${response.status} ${text.slice(0, 300)}`
  assert.equal(response.status, status, what)
  const reply = replyOf(operation, status)
  assert.ok(reply, `undocumented: ${what}`)
  if (reply.body === undefined) {
    assert.equal(text, '', what)
    return undefined
  }
  const { contentType = JSON_TYPE } = reply
  const said = response.headers.get('content-type')
  assert.ok(said === contentType || said === `${contentType}; charset=utf-8`, `${said}: ${what}`)
  const body: unknown = contentType === JSON_TYPE ? JSON.parse(text) : text
  const parsed = reply.body.safeParse(body)
  assert.ok(parsed.success, `${what}\n${parsed.error?.message}`)
  return body
}

/** What a refusal says, on the relay's own paths and below `/eth/`. */
export function textOf(body: unknown): string {
  assert.ok(typeof body === 'object' && body !== null)
  if ('error' in body) return String(body.error)
  return 'message' in body ? String(body.message) : ''
}

export interface Names {
  readonly peerId: string
  readonly topic: string
}

/** For each operation a request with nothing wrong in it, so that only the state of the relay can refuse it. */
export function soundRequests({ peerId, topic }: Names): ReadonlyMap<string, ContractRequest> {
  const multiaddr = `/ip4/127.0.0.1/tcp/9/p2p/${peerId}`
  const bodies: Readonly<Record<string, unknown>> = {
    connectPeer: { multiaddr },
    trustPeer: { multiaddr },
    banRange: { cidr: '192.0.2.0/24' },
    banAgent: { agent: 'x' },
    patchConfig: { target_peers: 41 },
    importAccess: { version: 1, banned_peers: [peerId], banned_ip_ranges: [], banned_agents: [], trusted_peers: [] },
  }
  const queries: Readonly<Record<string, string>> = {
    lodestarConnectPeer: `multiaddr=${multiaddr}`,
    addDirectPeer: `peer=${multiaddr}`,
    lodestarDisconnectPeer: `peerId=${peerId}`,
    removeDirectPeer: `peerId=${peerId}`,
    subscribeEvents: 'topics=block',
  }
  const path = { peer_id: peerId, topic, cidr: '192.0.2.0/24', agent: 'x' }
  return new Map(
    operations.map(({ id }) => [
      id,
      {
        path,
        ...(bodies[id] === undefined ? {} : { json: bodies[id] }),
        ...(queries[id] === undefined ? {} : { query: queries[id] }),
      },
    ]),
  )
}
