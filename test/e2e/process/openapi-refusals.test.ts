/** Refusals that need a relay in a certain state, brought about on relays in processes of their own. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createServer, type Socket } from 'node:net'
import { test } from 'node:test'
import { operations } from '../../../src/api/openapi/document.ts'
import type { MeshTopicView } from '../../../src/rpc/mesh-views.ts'
import type { PeerView } from '../../../src/rpc/peer-views.ts'
import {
  MAX_BANNED_AGENTS,
  MAX_BANNED_PEERS,
  MAX_BANNED_RANGES,
  MAX_EXPLICIT_PEERS,
  MAX_TRUSTED_PEERS,
} from '../../../src/shared/limits.ts'
import { type ContractRequest, checkReply, operationOf, soundRequests, textOf } from '../../support/contract-check.ts'
import { testNetwork } from '../../support/network-directory.ts'
import { StarlingProcess } from '../../support/starling-process.ts'
import { until } from '../../support/until.ts'
import { numberedKeyId, numberedPeerId } from '../../unit/config/base58-text.ts'
import { mortalRelay, quietFlags } from './child.ts'
import { scratchFile } from './scratch.ts'

const TOKEN = '0123456789abcdef'
const TOPIC = '/eth2/00000000/beacon_block/ssz_snappy'
/** Dials that may be under way at once (peers/dialling/dialer.ts). */
const PENDING_DIALS = 128

const names = { peerId: numberedKeyId(60_000), topic: TOPIC }
const sound = soundRequests(names)

function soundRequest(id: string): ContractRequest {
  return sound.get(id) ?? assert.fail(id)
}

/** The relay has the other as a connected peer whose node record it knows. */
async function connect(relay: StarlingProcess, other: StarlingProcess): Promise<void> {
  await relay.request('POST', '/peers', { enr: other.enr })
  await until('the connection', async () => {
    const { body } = await relay.request<Partial<PeerView>>('GET', `/peers/${other.peerId}`)
    return body.state === 'connected'
  })
}

test('401: without the token, and with another one, nothing but the health check is answered', async (t) => {
  await using relay = await StarlingProcess.start({
    flags: ['--no-quic', '--api-token-file', scratchFile(t, 'token', TOKEN)],
  })
  for (const operation of operations) {
    const request = soundRequest(operation.id)
    if (operation.isHealthCheck === true) {
      await checkReply(relay.api, operation, [206, request])
      continue
    }
    assert.equal(textOf(await checkReply(relay.api, operation, [401, request])), 'bearer token required')
    const headers = { authorization: `Bearer ${TOKEN}x` }
    const refused = await checkReply(relay.api, operation, [401, { ...request, headers }])
    assert.equal(textOf(refused), 'invalid bearer token')
  }
  const headers = { authorization: `Bearer ${TOKEN}` }
  for (const id of ['listPeers', 'getMetrics', 'getOpenApi', 'listBannedPeers']) {
    await checkReply(relay.api, operationOf(id), [200, { headers }])
  }
})

test('429: more dials than may be under way, to somebody who takes calls and says nothing', async (t) => {
  const sockets: Socket[] = []
  const silent = createServer((socket) => void sockets.push(socket.on('error', () => undefined)))
  await new Promise<void>((resolve) => void silent.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    silent.close()
  })
  const address = silent.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const multiaddrOf = (index: number): string => `/ip4/127.0.0.1/tcp/${port}/p2p/${numberedKeyId(index)}`
  await using relay = await StarlingProcess.start({ flags: ['--no-quic'] })
  const dial = (index: number) => relay.request<unknown>('POST', '/peers', { multiaddr: multiaddrOf(index) })
  const dials = await Promise.all(Array.from({ length: PENDING_DIALS }, (_, index) => dial(index)))
  assert.deepEqual([...new Set(dials.map(({ status }) => status))], [200])
  const json = { multiaddr: multiaddrOf(PENDING_DIALS) }
  const query = `multiaddr=${multiaddrOf(PENDING_DIALS)}`
  for (const [id, request] of [
    ['connectPeer', { json }],
    ['lodestarConnectPeer', { query }],
  ] as const) {
    assert.equal(textOf(await checkReply(relay.api, operationOf(id), [429, request])), 'too many dials under way')
  }
})

/** Fills every list that has a bound, the explicit peers included. */
async function fillLists(relay: StarlingProcess): Promise<void> {
  const trusted = Array.from({ length: MAX_TRUSTED_PEERS }, (_, index) => numberedKeyId(index))
  const full = {
    version: 1,
    // Ids that are quickly made: while this thread is busy it does not see that the relay closes a connection that has
    // been idle for 15 s, and would write on it.
    banned_peers: Array.from({ length: MAX_BANNED_PEERS }, (_, index) => numberedPeerId(index)),
    banned_ip_ranges: Array.from({ length: MAX_BANNED_RANGES }, (_, index) => `10.${index >> 8}.${index & 255}.0/24`),
    banned_agents: Array.from({ length: MAX_BANNED_AGENTS }, (_, index) => `agent ${index}`),
    trusted_peers: trusted.map((peer_id) => ({
      peer_id,
      enr: null,
      addresses: [`/ip4/127.0.0.1/tcp/9/p2p/${peer_id}`],
    })),
  }
  const { status, body } = await relay.request('PUT', '/access', full)
  assert.equal(status, 200, JSON.stringify(body))
  const explicit = Array.from({ length: MAX_EXPLICIT_PEERS }, (_, index) => numberedKeyId(1_000 + index))
  for (const peerId of explicit) {
    assert.equal((await relay.request('POST', `/mesh/explicit/${peerId}`)).status, 200)
  }
}

test('409 for a full list: each one that has a bound, and what is in it stays', { timeout: 120_000 }, async () => {
  const network = testNetwork()
  await using relay = await StarlingProcess.start({ network, flags: ['--no-quic'] })
  await using other = await StarlingProcess.start({ network, flags: ['--no-quic'] })
  await connect(relay, other)
  await fillLists(relay)
  const access = await relay.fetchJson('/access')
  const explicit = await relay.fetchJson('/mesh/explicit')
  const connected = { path: { peer_id: other.peerId } }
  const refusals: readonly (readonly [id: string, request: ContractRequest, text: RegExp])[] = [
    ['banPeer', soundRequest('banPeer'), /^at most 16,?384 banned peers$/],
    ['trustPeer', soundRequest('trustPeer'), /^at most 256 trusted peers$/],
    ['trustConnectedPeer', connected, /^at most 256 trusted peers$/],
    ['banRange', soundRequest('banRange'), /^at most 4,?096 /],
    ['banAgent', soundRequest('banAgent'), /^at most 64 banned agents$/],
    ['addExplicitPeer', soundRequest('addExplicitPeer'), /^at most 256 explicit peers$/],
    ['addDirectPeer', soundRequest('addDirectPeer'), /^at most 256 explicit peers$/],
  ]
  for (const [id, request, text] of refusals) {
    assert.match(textOf(await checkReply(relay.api, operationOf(id), [409, request])), text)
  }
  const documented = operations.filter(({ errors = [] }) => errors.includes('LIST_FULL')).map(({ id }) => id)
  assert.deepEqual(refusals.map(([id]) => id).sort(), documented.sort())
  assert.deepEqual(await relay.fetchJson('/access'), access)
  assert.deepEqual(await relay.fetchJson('/mesh/explicit'), explicit)
})

test('409 for a peer in backoff: who was pruned by hand is not grafted for a minute, and the reply says so', async () => {
  const network = testNetwork()
  await using relay = await StarlingProcess.start({ network, flags: ['--no-quic'] })
  await using other = await StarlingProcess.start({ network, flags: ['--no-quic'] })
  await connect(relay, other)
  const isLinked = ({ peers }: MeshTopicView): boolean => peers.some(({ peer_id }) => peer_id === other.peerId)
  let topic = ''
  await until('a link', async () => {
    topic = (await relay.fetchJson<readonly MeshTopicView[]>('/mesh')).find(isLinked)?.topic ?? ''
    return topic !== ''
  })
  const path = { topic, peer_id: other.peerId }
  await checkReply(relay.api, operationOf('prune'), [200, { path }])
  const body = await checkReply(relay.api, operationOf('graft'), [409, { path }])
  assert.equal(textOf(body), 'peer in backoff')
  const leftMs = Number((body as { readonly retry_after_ms: number }).retry_after_ms)
  assert.ok(leftMs > 50_000 && leftMs <= 60_000, `${leftMs} ms`)
})

test('500 when the disk takes no writes: nothing is changed, and reads go on', async (t) => {
  await using relay = await StarlingProcess.start({ flags: ['--no-quic'] })
  try {
    // No file of the process may grow any more.
    execFileSync('prlimit', ['--pid', String(relay.pid), '--fsize=1'])
  } catch (error) {
    t.skip(`prlimit: ${error instanceof Error ? error.message : String(error)}`)
    return
  }
  const access = await relay.fetchJson('/access')
  for (const id of ['banPeer', 'trustPeer', 'banRange', 'banAgent', 'importAccess', 'patchConfig', 'addExplicitPeer']) {
    const body = await checkReply(relay.api, operationOf(id), [500, soundRequest(id)])
    assert.match(textOf(body), /^internal error [0-9a-f]{8}$/)
  }
  const standard = await checkReply(relay.api, operationOf('addDirectPeer'), [500, soundRequest('addDirectPeer')])
  assert.match(textOf(standard), /^internal error [0-9a-f]{8}$/)
  assert.deepEqual(await relay.fetchJson('/access'), access)
  assert.deepEqual(await relay.fetchJson('/mesh/explicit'), [])
})

/** What lifts something asks no network thread when there is nothing to lift. */
const LIFTS: ReadonlySet<string> = new Set(['unbanPeer', 'untrustPeer', 'unbanRange', 'unbanAgent'])

test('504: the network thread hangs, and whatever needs it says so in the end', { timeout: 60_000 }, async (t) => {
  const child = mortalRelay(t, [...quietFlags(t), '--no-quic'])
  const api = String((await child.line('relay started'))['api']).replace(/\/$/, '')
  child.process.send('spin')
  const asking = operations.filter(({ id, isLocal }) => isLocal !== true && !LIFTS.has(id))
  const replies = asking.map(async (operation) => {
    const body = await checkReply(api, operation, [504, soundRequest(operation.id)])
    assert.equal(textOf(body), 'the network worker did not answer in time', operation.id)
  })
  const locals = operations.filter(({ isLocal }) => isLocal === true)
  for (const operation of locals) await checkReply(api, operation, [200, {}])
  await Promise.all(replies)
})
