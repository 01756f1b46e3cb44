/** Random calls of the operator's part of the HTTP API, good and bad, over a small pool. */
import fc from 'fast-check'
import type { AccessDocument, ConfigPatch } from '../../src/api/operator.ts'
import { AGENTS, BAD_AGENTS, BAD_RANGES, type PoolPeer, RANGES } from './access-model-pool.ts'

export type Target = { readonly enr: string } | { readonly multiaddr: string }

export type Call =
  | { readonly do: 'ban' | 'unban' | 'trustConnected' | 'untrust' | 'addExplicit' | 'removeExplicit'; peer: string }
  | { readonly do: 'trust'; readonly target: Target }
  | { readonly do: 'banRange' | 'unbanRange'; readonly range: string }
  | { readonly do: 'banAgent' | 'unbanAgent'; readonly agent: string }
  | { readonly do: 'patch'; readonly patch: ConfigPatch }
  | { readonly do: 'export' }
  | { readonly do: 'import'; readonly document: AccessDocument }
  | { readonly do: 'malformed'; readonly request: Request; readonly error: string }

export interface Request {
  readonly method: string
  readonly path: string
  readonly json?: unknown
}

/** Who the calls are about. */
export interface Pool {
  /** The relay itself. */
  readonly own: PoolPeer
  /** One that nobody can reach, and that the ban file names. */
  readonly filed: PoolPeer
  /** Others that nobody can reach. */
  readonly absent: readonly PoolPeer[]
  /** Connected whenever they are let in: one that the relay dials by its record, one that it knows no record of. */
  readonly recorded: PoolPeer
  readonly unrecorded: PoolPeer
}

/** A peer id of the right letters and length that is none. */
const NO_PEER_ID = '16Uiu2HAmJB7R91zvvnx5P29vfuqpWUvjnCTKhrV4r8YgCpx1N56t'

/** How a call is sent. */
export function requestOf(call: Call): Request {
  switch (call.do) {
    case 'ban':
    case 'unban':
      return { method: call.do === 'ban' ? 'POST' : 'DELETE', path: `/peers/${call.peer}/ban` }
    case 'trustConnected':
    case 'untrust':
      return { method: call.do === 'untrust' ? 'DELETE' : 'POST', path: `/peers/trusted/${call.peer}` }
    case 'addExplicit':
    case 'removeExplicit':
      return { method: call.do === 'addExplicit' ? 'POST' : 'DELETE', path: `/mesh/explicit/${call.peer}` }
    case 'trust':
      return { method: 'POST', path: '/peers/trusted', json: call.target }
    case 'banRange':
      return { method: 'POST', path: '/bans/ip', json: { cidr: call.range } }
    case 'unbanRange':
      return { method: 'DELETE', path: `/bans/ip/${encodeURIComponent(call.range)}` }
    case 'banAgent':
      return { method: 'POST', path: '/bans/agent', json: { agent: call.agent } }
    case 'unbanAgent':
      return { method: 'DELETE', path: `/bans/agent/${encodeURIComponent(call.agent)}` }
    case 'patch':
      return { method: 'PATCH', path: '/config', json: call.patch }
    case 'export':
      return { method: 'GET', path: '/access' }
    case 'import':
      return { method: 'PUT', path: '/access', json: call.document }
    case 'malformed':
      return call.request
  }
}

const patch = fc
  .record(
    {
      target_peers: fc.constantFrom(20, 80, 100),
      max_latency_ms: fc.constantFrom(1_500, 1_750.5, 60_000),
      network_load: fc.constantFrom(5, 6, 8, 40),
      heartbeat_interval_ms: fc.constantFrom(450, 700, 1_000),
      discovery_interval_ms: fc.constantFrom(500, 2_000, 10_000),
      active_validators: fc.constantFrom(1, 500_000, 10_000_000),
    },
    { requiredKeys: [] },
  )
  .filter((each) => Object.keys(each).length > 0)

function peerCalls({ own, filed, absent, recorded, unrecorded }: Pool): fc.Arbitrary<Call> {
  const ids = [filed, ...absent, recorded, unrecorded].map(({ peerId }) => peerId)
  const peer = fc.oneof(
    { arbitrary: fc.constantFrom(...ids), weight: 12 },
    { arbitrary: fc.constantFrom(own.peerId, NO_PEER_ID, 'x'), weight: 1 },
  )
  // Dials of an explicit peer are made by address: the one whose record the relay shall know stays out of it.
  const explicit = fc.constantFrom(...[filed, ...absent, own].map(({ peerId }) => peerId), NO_PEER_ID)
  return fc.oneof(
    fc.record({ do: fc.constantFrom('ban', 'unban', 'untrust', 'trustConnected'), peer }),
    fc.record({ do: fc.constantFrom('addExplicit', 'removeExplicit'), peer: explicit }),
    fc.record({
      do: fc.constant('trustConnected' as const),
      peer: fc.constantFrom(recorded.peerId, unrecorded.peerId),
    }),
  )
}

function trustCalls({ own, filed, absent, recorded, unrecorded }: Pool): fc.Arbitrary<Call> {
  const enr = fc.constantFrom(...[filed, ...absent, recorded].map((peer) => ({ enr: peer.enr })), { enr: own.enr })
  const multiaddr = fc.constantFrom(
    ...absent.flatMap(({ address, otherAddress }) => [{ multiaddr: address }, { multiaddr: otherAddress }]),
    { multiaddr: unrecorded.address },
    { multiaddr: own.address },
  )
  const target: fc.Arbitrary<Target> = fc.oneof(enr, multiaddr)
  return fc.record({ do: fc.constant('trust' as const), target })
}

function listCalls(): fc.Arbitrary<Call> {
  const range = fc.constantFrom(...RANGES.flat(), ...BAD_RANGES.slice(0, 2))
  const agent = fc.constantFrom(...AGENTS.flat(), ...BAD_AGENTS.slice(0, 1))
  return fc.oneof(
    fc.record({ do: fc.constantFrom('banRange', 'unbanRange'), range }),
    fc.record({ do: fc.constantFrom('banAgent', 'unbanAgent'), agent }),
  )
}

function trustedEntry({ absent, recorded, unrecorded }: Pool) {
  const entry = (peer: PoolPeer) => {
    const byRecord = { peer_id: peer.peerId, enr: peer.enr, addresses: [peer.address] }
    const byAddress = { peer_id: peer.peerId, enr: null, addresses: [peer.address] }
    const elsewhere = { peer_id: peer.peerId, enr: null, addresses: [peer.otherAddress, peer.address] }
    if (peer === recorded) return fc.constant(byRecord)
    return peer === unrecorded ? fc.constant(byAddress) : fc.constantFrom(byRecord, byAddress, elsewhere)
  }
  return fc.oneof(...[...absent, recorded, unrecorded].map(entry))
}

/** Documents of which about half can be imported: a peer in both lists, our own id or a wrong record spoils the rest. */
function documents(pool: Pool): fc.Arbitrary<AccessDocument> {
  const { own, filed, absent, recorded, unrecorded } = pool
  const ids = [filed, ...absent, recorded, unrecorded].map(({ peerId }) => peerId)
  const trusted = trustedEntry(pool)
  const [first, second] = absent
  if (first === undefined || second === undefined) throw new Error('the pool is too small')
  const wrong = fc.constantFrom(
    { peer_id: first.peerId, enr: second.enr, addresses: [first.address] },
    { peer_id: own.peerId, enr: null, addresses: [own.address] },
    { peer_id: first.peerId, enr: null, addresses: [second.address] },
  )
  return fc.record({
    version: fc.constant(1 as const),
    banned_peers: fc.oneof(
      { arbitrary: fc.uniqueArray(fc.constantFrom(...ids), { maxLength: 4 }), weight: 12 },
      { arbitrary: fc.constant([own.peerId]), weight: 1 },
    ),
    banned_ip_ranges: fc.uniqueArray(fc.constantFrom(...RANGES.map(([, cidr]) => cidr)), { maxLength: 3 }),
    banned_agents: fc.uniqueArray(fc.constantFrom(...AGENTS.map(([, agent]) => agent)), { maxLength: 2 }),
    trusted_peers: fc.oneof(
      { arbitrary: fc.uniqueArray(trusted, { maxLength: 4, selector: ({ peer_id }) => peer_id }), weight: 8 },
      { arbitrary: wrong.map((entry) => [entry]), weight: 1 },
    ),
  })
}

function malformed({ absent }: Pool): fc.Arbitrary<Call> {
  const enr = absent[0]?.enr ?? ''
  const address = absent[0]?.address ?? ''
  const empty = { version: 1, banned_peers: [], banned_ip_ranges: [], banned_agents: [], trusted_peers: [] }
  const bodies: readonly (readonly [method: string, path: string, json: unknown, error: string])[] = [
    ['POST', '/peers/trusted', {}, 'body must have exactly one of enr and multiaddr'],
    ['POST', '/peers/trusted', { enr, multiaddr: address }, 'body must have exactly one of enr and multiaddr'],
    ['POST', '/peers/trusted', { enr, name: 'x' }, 'unknown key "name"'],
    ['POST', '/peers/trusted', { enr: 1 }, 'enr must be a string'],
    ['PATCH', '/config', { target_peers: 80, network_load: 41 }, 'network_load must be an integer from 1 to 40'],
    ['PATCH', '/config', { active_validators: 0 }, 'active_validators must be an integer from 1 to 10000000, or null'],
    ['PUT', '/access', { ...empty, version: 2 }, 'version must be 1'],
    ['PUT', '/access', { ...empty, banned_ip_ranges: ['10.0.0.0/33'] }, 'banned_ip_ranges.0 must be an IP range'],
    ['PUT', '/access', { version: 1 }, 'banned_peers must be an array'],
    ['POST', '/bans/ip', { cidr: 7 }, 'cidr must be a string'],
    ['POST', '/bans/agent', { agent: '' }, 'agent must be 1 to 128 printable ASCII characters'],
    ['POST', '/peers/x/ban', { reason: 'none' }, 'no body is expected here'],
  ]
  return fc
    .constantFrom(...bodies)
    .map(([method, path, json, error]) => ({ do: 'malformed', request: { method, path, json }, error }))
}

/** Any call. Not quite half are refused; the rest change something or find it already so. */
export function anyCall(pool: Pool): fc.Arbitrary<Call> {
  return fc.oneof(
    { arbitrary: peerCalls(pool), weight: 10 },
    { arbitrary: trustCalls(pool), weight: 4 },
    { arbitrary: listCalls(), weight: 6 },
    { arbitrary: patch.map((each): Call => ({ do: 'patch', patch: each })), weight: 2 },
    { arbitrary: fc.constant<Call>({ do: 'export' }), weight: 1 },
    { arbitrary: documents(pool).map((document): Call => ({ do: 'import', document })), weight: 2 },
    { arbitrary: malformed(pool), weight: 2 },
  )
}
