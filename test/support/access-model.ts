/**
 * What an operator is told about bans, trust, explicit peers and settings, as a model of a few lists: no database, no
 * threads, no ports. It answers a call as the relay has to, and says afterwards what every list holds.
 */
import type { AccessDocument, ConfigPatch } from '../../src/api/operator.ts'
import type { RuntimeConfigView } from '../../src/rpc/settings-views.ts'
import type { Call, Pool, Target } from './access-model-calls.ts'
import { AGENTS, LIVE_AGENT, type PoolPeer, RANGES } from './access-model-pool.ts'

export interface Answer {
  readonly status: number
  readonly body: unknown
}

export interface Trust {
  readonly peer_id: string
  readonly enr: string | null
  readonly addresses: readonly string[]
}

/** Milliseconds between heartbeats at the network loads that calls set (relay-http-api.md, "Network Load Levels"). */
const HEARTBEAT_MS: Readonly<Record<number, number>> = { 5: 700, 6: 600, 8: 500, 40: 200 }

const NOT_FOUND = {
  unban: 'peer not found in banned list',
  untrust: 'peer not found in trusted list',
  unbanRange: 'IP range not found in banned list',
  unbanAgent: 'agent not found in banned list',
}

function ok(fields: object): Answer {
  return { status: 200, body: { status: 'ok', ...fields } }
}

function refused(status: number, error: string): Answer {
  return { status, body: { error } }
}

function without(list: readonly string[], entry: string): string[] {
  return list.filter((each) => each !== entry)
}

/** Entries of `after` that `before` lacks. */
function gained(before: readonly string[], after: readonly string[]): number {
  return after.filter((entry) => !before.includes(entry)).length
}

export class AccessModel {
  readonly #pool: Pool
  /** In force. */
  banned: readonly string[] = []
  /** On the disk: without those that only the ban file bans. */
  keptBans: readonly string[] = []
  ranges: readonly string[] = []
  agents: readonly string[] = []
  trusted: readonly Trust[] = []
  explicit: readonly string[] = []
  config: RuntimeConfigView
  /** Settings that were changed, with their values. */
  readonly changed = new Map<string, number>()
  readonly #peers: ReadonlyMap<string, PoolPeer>

  constructor(pool: Pool, config: RuntimeConfigView) {
    this.#pool = pool
    this.config = config
    const all = [pool.own, pool.filed, ...pool.absent, pool.recorded, pool.unrecorded]
    this.#peers = new Map(all.map((peer) => [peer.peerId, peer]))
    this.start()
  }

  /** A start, the first or a later one: the ban file counts again, whatever was lifted since the last. */
  start(): void {
    const { peerId } = this.#pool.filed
    this.banned = [...without(this.keptBans, peerId), peerId]
    this.#dropBanned()
  }

  /** What the relay answers to a call that it has taken. */
  answer(call: Call): Answer {
    switch (call.do) {
      case 'ban':
        return this.#ban(call.peer)
      case 'unban':
        return this.#unban(call.peer)
      case 'trust':
        return this.#trust(call.target)
      case 'trustConnected':
        return this.#trustConnected(call.peer)
      case 'untrust':
        return this.#untrust(call.peer)
      case 'addExplicit':
      case 'removeExplicit':
        return this.#setExplicit(call.peer, call.do === 'addExplicit')
      case 'banRange':
      case 'unbanRange':
        return this.#setRange(call.range, call.do === 'banRange')
      case 'banAgent':
      case 'unbanAgent':
        return this.#setAgent(call.agent, call.do === 'banAgent')
      case 'patch':
        return this.#patch(call.patch)
      case 'export':
        return { status: 200, body: sortedDocument(this.document) }
      case 'import':
        return this.#import(call.document)
      case 'malformed':
        return refused(400, call.error)
    }
  }

  get document(): AccessDocument {
    return {
      version: 1,
      banned_peers: this.banned,
      banned_ip_ranges: this.ranges,
      banned_agents: this.agents,
      trusted_peers: this.trusted,
    }
  }

  /** Whether a record is that of `peerId`, as everybody knows it. */
  isRecordOf(peerId: string, enr: string | null): boolean {
    return this.#peers.get(peerId)?.enr === enr
  }

  isTrusted(peerId: string): boolean {
    return this.trusted.some(({ peer_id }) => peer_id === peerId)
  }

  /** Whether a peer that listens at 127.0.0.1 may be connected: a ban beats trust, trust beats ranges and agents. */
  admits(peerId: string): boolean {
    if (this.banned.includes(peerId)) return false
    if (this.isTrusted(peerId)) return true
    const isAgentBanned = this.agents.some((agent) => LIVE_AGENT.toLowerCase().includes(agent))
    return !this.ranges.includes('127.0.0.1/32') && !isAgentBanned
  }

  #refusal(peerId: string): Answer | undefined {
    if (!this.#peers.has(peerId)) return refused(400, 'invalid peer id')
    return peerId === this.#pool.own.peerId ? refused(400, 'our own peer id') : undefined
  }

  #ban(peerId: string): Answer {
    const refusal = this.#refusal(peerId)
    if (refusal !== undefined) return refusal
    this.banned = [...without(this.banned, peerId), peerId]
    this.keptBans = [...without(this.keptBans, peerId), peerId]
    this.#dropBanned()
    return ok({ peer_id: peerId, action: 'banned' })
  }

  /** Whoever is banned is neither trusted nor explicit. */
  #dropBanned(): void {
    this.trusted = this.trusted.filter(({ peer_id }) => !this.banned.includes(peer_id))
    this.explicit = this.explicit.filter((peerId) => !this.banned.includes(peerId))
  }

  #unban(peerId: string): Answer {
    if (peerId === 'x') return refused(400, 'invalid peer id')
    if (!this.banned.includes(peerId)) return refused(404, NOT_FOUND.unban)
    this.banned = without(this.banned, peerId)
    this.keptBans = without(this.keptBans, peerId)
    return ok({ peer_id: peerId, action: 'unbanned' })
  }

  #trust(target: Target): Answer {
    const text = 'enr' in target ? target.enr : target.multiaddr
    const peer = this.#named(text)
    const refusal = this.#refusal(peer.peerId)
    if (refusal !== undefined) return refusal
    if (this.banned.includes(peer.peerId)) return refused(409, 'peer is banned')
    this.#addTrusted('enr' in target ? byRecord(peer) : { ...byRecord(peer), enr: null, addresses: [text] })
    return ok({ ...target, action: 'added' })
  }

  /** What was known of the peer before is kept, its addresses behind the new ones. */
  #addTrusted(trust: Trust): void {
    const known = this.trusted.find(({ peer_id }) => peer_id === trust.peer_id)
    const addresses = [...new Set([...trust.addresses, ...(known?.addresses ?? [])])]
    const others = this.trusted.filter((each) => each !== known)
    this.trusted = [...others, { ...trust, enr: trust.enr ?? known?.enr ?? null, addresses }]
  }

  #trustConnected(peerId: string): Answer {
    if (!this.#peers.has(peerId)) return refused(400, 'invalid peer id')
    if (this.banned.includes(peerId)) return refused(409, 'peer is banned')
    const { recorded, unrecorded } = this.#pool
    const isLive = peerId === recorded.peerId || peerId === unrecorded.peerId
    if (!isLive || !this.admits(peerId)) return refused(409, 'peer not connected')
    if (peerId === unrecorded.peerId) return refused(409, 'peer has no ENR')
    this.#addTrusted(byRecord(recorded))
    return ok({ peer_id: peerId, action: 'added' })
  }

  #untrust(peerId: string): Answer {
    if (peerId === 'x') return refused(400, 'invalid peer id')
    if (!this.isTrusted(peerId)) return refused(404, NOT_FOUND.untrust)
    this.trusted = this.trusted.filter(({ peer_id }) => peer_id !== peerId)
    return ok({ peer_id: peerId, action: 'removed' })
  }

  #setExplicit(peerId: string, isAdded: boolean): Answer {
    if (!this.#peers.has(peerId)) return refused(400, 'invalid peer id')
    if (isAdded && peerId === this.#pool.own.peerId) return refused(400, 'our own peer id')
    if (isAdded && this.banned.includes(peerId)) return refused(409, 'peer is banned')
    if (!isAdded) this.explicit = without(this.explicit, peerId)
    else if (!this.explicit.includes(peerId)) this.explicit = [...this.explicit, peerId]
    return ok({ peer_id: peerId, action: isAdded ? 'added_to_explicit' : 'removed_from_explicit' })
  }

  #setRange(typed: string, isAdded: boolean): Answer {
    const cidr = RANGES.find((pair) => pair.includes(typed))?.[1]
    if (cidr === undefined) return refused(400, 'invalid IP range')
    if (!isAdded && !this.ranges.includes(cidr)) return refused(404, NOT_FOUND.unbanRange)
    if (!isAdded) this.ranges = without(this.ranges, cidr)
    else if (!this.ranges.includes(cidr)) this.ranges = [...this.ranges, cidr]
    return ok({ cidr, action: isAdded ? 'banned' : 'unbanned' })
  }

  #setAgent(typed: string, isAdded: boolean): Answer {
    const agent = AGENTS.find((pair) => pair.includes(typed))?.[1]
    if (agent === undefined) return refused(400, 'agent must be 1 to 128 printable ASCII characters')
    if (!isAdded && !this.agents.includes(agent)) return refused(404, NOT_FOUND.unbanAgent)
    if (!isAdded) this.agents = without(this.agents, agent)
    else if (!this.agents.includes(agent)) this.agents = [...this.agents, agent]
    return ok({ agent, action: isAdded ? 'banned' : 'unbanned' })
  }

  #patch(patch: ConfigPatch): Answer {
    const { network_load: load } = patch
    const heartbeat = load === undefined ? {} : { heartbeat_interval_ms: HEARTBEAT_MS[load] ?? Number.NaN }
    this.config = { ...this.config, ...heartbeat, ...patch }
    if (load !== undefined) this.changed.delete('heartbeat_interval_ms')
    for (const [name, value] of Object.entries(patch)) {
      if (value === null) this.changed.delete(name)
      else this.changed.set(name, value)
    }
    return ok(this.config)
  }

  #import(document: AccessDocument): Answer {
    const refusal = this.#importRefusal(document)
    if (refusal !== undefined) return refusal
    const before = this.#entries()
    this.banned = document.banned_peers
    this.keptBans = document.banned_peers
    this.ranges = document.banned_ip_ranges
    this.agents = document.banned_agents
    this.trusted = document.trusted_peers
    this.#dropBanned()
    const after = this.#entries()
    return ok({ action: 'imported', added: gained(before, after), removed: gained(after, before) })
  }

  /** What is wrong with a document, the first thing first: it contradicts itself, whom it trusts, whom it bans. */
  #importRefusal({ banned_peers: banned, trusted_peers: trusted }: AccessDocument): Answer | undefined {
    const both = trusted.find(({ peer_id }) => banned.includes(peer_id))
    if (both !== undefined) return refused(400, `peer ${both.peer_id} is both banned and trusted`)
    for (const { peer_id, enr, addresses } of trusted) {
      const about = `(trusted peer ${peer_id})`
      if (peer_id === this.#pool.own.peerId) return refused(400, `our own peer id ${about}`)
      const texts = enr === null ? addresses : [...addresses, enr]
      const other = texts.map((text) => this.#named(text)).find(({ peerId }) => peerId !== peer_id)
      if (other !== undefined) return refused(400, `ENR or address of ${other.peerId} ${about}`)
    }
    return banned.includes(this.#pool.own.peerId) ? refused(400, 'our own peer id') : undefined
  }

  /** Whose record or address it is. */
  #named(text: string): PoolPeer {
    const peer = [...this.#peers.values()].find((each) => [each.enr, each.address, each.otherAddress].includes(text))
    if (peer === undefined) throw new Error(`not of the pool: ${text}`)
    return peer
  }

  #entries(): readonly string[] {
    return [...this.banned, ...this.ranges, ...this.agents, ...this.trusted.map(({ peer_id }) => `trusted ${peer_id}`)]
  }
}

function byRecord(peer: PoolPeer): Trust {
  return { peer_id: peer.peerId, enr: peer.enr, addresses: [peer.address] }
}

/** Lists are sets to whoever reads them: none promises an order. */
export function sorted<T>(list: readonly T[]): readonly T[] {
  const keyed = list.map((entry) => ({ entry, key: JSON.stringify(entry) }))
  return keyed.toSorted((a, b) => (a.key < b.key ? -1 : 1)).map(({ entry }) => entry)
}

/** A document whose lists are sorted. */
export function sortedDocument(document: AccessDocument): AccessDocument {
  return {
    version: document.version,
    banned_peers: sorted(document.banned_peers),
    banned_ip_ranges: sorted(document.banned_ip_ranges),
    banned_agents: sorted(document.banned_agents),
    trusted_peers: sorted(document.trusted_peers),
  }
}
