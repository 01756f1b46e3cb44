/** Changes that stream in until the relay dies, with what is known of each: acknowledged, or on its way. */
import assert from 'node:assert/strict'
import type { AccessDocument } from '../../src/api/operator.ts'
import type { Request } from './access-model-calls.ts'
import { numberedPeer, type PoolPeer } from './access-model-pool.ts'
import type { ModelRelay } from './access-model-relay.ts'

/** One entry of one list, and how it is put there and taken away. */
interface Switch {
  readonly key: string
  readonly on: Request
  readonly off: Request
}

export interface Writer {
  readonly answers: number
  /** Writes one change after the other; resolves when the relay is gone. */
  write(relay: ModelRelay): Promise<void>
  /** Compares a restarted relay with what was acknowledged, and takes over what was on its way. */
  compare(document: AccessDocument): void
  /** Takes the lists as they are after changes that were not this writer's. */
  takeOver(document: AccessDocument): void
}

/** Answers whether a change was acknowledged; any answer but 200 fails. */
async function isAnswered(relay: ModelRelay, request: Request): Promise<boolean> {
  const reply = await relay.send(request).catch(() => undefined) // the process is gone
  if (reply === undefined) return false
  assert.equal(reply.status, 200, `${request.method} ${request.path}: ${JSON.stringify(reply.body)}`)
  return true
}

/** Puts entries of one list on and off in turn. */
class SwitchWriter implements Writer {
  readonly #name: string
  readonly #switches: readonly Switch[]
  readonly #keysOf: (document: AccessDocument) => readonly string[]
  #isOn = new Set<string>()
  #inFlight: string | undefined
  #turn = 0
  answers = 0

  constructor(name: string, switches: readonly Switch[], keysOf: (document: AccessDocument) => readonly string[]) {
    this.#name = name
    this.#switches = switches
    this.#keysOf = keysOf
  }

  async write(relay: ModelRelay): Promise<void> {
    for (;;) {
      // A step of 5 over a count that 5 does not divide: each is on for a while before it is taken away.
      const next = this.#switches[(this.#turn++ * 5) % this.#switches.length]
      if (next === undefined) return
      this.#inFlight = next.key
      const isOn = this.#isOn.has(next.key)
      if (!(await isAnswered(relay, isOn ? next.off : next.on))) return
      if (isOn) this.#isOn.delete(next.key)
      else this.#isOn.add(next.key)
      this.answers++
    }
  }

  compare(document: AccessDocument): void {
    const kept = new Set(this.#keysOf(document))
    const settled = (keys: ReadonlySet<string>): readonly string[] =>
      [...keys].filter((key) => key !== this.#inFlight).sort()
    assert.deepEqual(settled(kept), settled(this.#isOn), this.#name)
    this.#isOn = kept
    this.#inFlight = undefined
  }

  takeOver(document: AccessDocument): void {
    this.#isOn = new Set(this.#keysOf(document))
  }
}

function banSwitch({ peerId }: PoolPeer): Switch {
  const path = `/peers/${peerId}/ban`
  return { key: peerId, on: { method: 'POST', path }, off: { method: 'DELETE', path } }
}

function trustSwitch({ peerId, enr }: PoolPeer): Switch {
  return {
    key: peerId,
    on: { method: 'POST', path: '/peers/trusted', json: { enr } },
    off: { method: 'DELETE', path: `/peers/trusted/${peerId}` },
  }
}

function rangeSwitch(cidr: string): Switch {
  return {
    key: cidr,
    on: { method: 'POST', path: '/bans/ip', json: { cidr } },
    off: { method: 'DELETE', path: `/bans/ip/${encodeURIComponent(cidr)}` },
  }
}

function agentSwitch(agent: string): Switch {
  return {
    key: agent,
    on: { method: 'POST', path: '/bans/agent', json: { agent } },
    off: { method: 'DELETE', path: `/bans/agent/${encodeURIComponent(agent)}` },
  }
}

const ENTRIES = 8

/** One writer for each list; no two of them touch the same entry. */
export function switchWriters(): readonly Writer[] {
  const numbers = Array.from({ length: ENTRIES }, (_, index) => index)
  const banned = numbers.map((number) => banSwitch(numberedPeer(number)))
  const trusted = numbers.map((number) => trustSwitch(numberedPeer(ENTRIES + number)))
  const ranges = numbers.map((number) => rangeSwitch(`198.51.${number}.0/24`))
  const agents = numbers.map((number) => agentSwitch(`agent ${number}`))
  return [
    new SwitchWriter('banned peers', banned, (document) => document.banned_peers),
    new SwitchWriter('trusted peers', trusted, ({ trusted_peers }) => trusted_peers.map(({ peer_id }) => peer_id)),
    new SwitchWriter('banned ranges', ranges, (document) => document.banned_ip_ranges),
    new SwitchWriter('banned agents', agents, (document) => document.banned_agents),
  ]
}

/** Peers that an import bans and trusts, from 100 on, so that they are not those of the switches. */
const IMPORTED_FROM = 100
const IMPORTED_PEERS = 24

/** Documents that have next to nothing in common with the one before, in all four lists. */
export class ImportWriter implements Writer {
  readonly #peers = Array.from({ length: IMPORTED_PEERS }, (_, index) => numberedPeer(IMPORTED_FROM + index))
  #acknowledged: AccessDocument
  #attempted: AccessDocument
  #generation = 0
  answers = 0

  constructor(initial: AccessDocument) {
    this.#acknowledged = initial
    this.#attempted = initial
  }

  takeOver(document: AccessDocument): void {
    this.#acknowledged = document
    this.#attempted = document
  }

  async write(relay: ModelRelay): Promise<void> {
    for (;;) {
      this.#attempted = documentOf(this.#peers, this.#generation++)
      if (!(await isAnswered(relay, { method: 'PUT', path: '/access', json: this.#attempted }))) return
      this.#acknowledged = this.#attempted
      this.answers++
    }
  }

  compare(document: AccessDocument): void {
    const kept = inOneOrder(document)
    const isOneOf = [this.#acknowledged, this.#attempted].some((each) => inOneOrder(each) === kept)
    assert.ok(isOneOf, `neither the acknowledged document nor the attempted one, number ${this.#generation}: ${kept}`)
  }
}

/** An even generation bans those whom an odd one trusts, and the other way round. */
function documentOf(peers: readonly PoolPeer[], generation: number): AccessDocument {
  const isBanned = (_: unknown, index: number): boolean => (index + generation) % 2 === 0
  const trusted = peers.filter((peer, index) => !isBanned(peer, index))
  return {
    version: 1,
    banned_peers: peers.filter(isBanned).map(({ peerId }) => peerId),
    banned_ip_ranges: peers.map((_, index) => `203.0.${index}.${generation % 256}/32`),
    banned_agents: [`generation ${generation}`],
    trusted_peers: trusted.map(({ peerId, enr, address }) => ({ peer_id: peerId, enr, addresses: [address] })),
  }
}

/** What stays in a list over an import keeps its place there: order is no part of the comparison. */
function inOneOrder(document: AccessDocument): string {
  return JSON.stringify([
    document.banned_peers.toSorted(),
    document.banned_ip_ranges.toSorted(),
    document.banned_agents.toSorted(),
    document.trusted_peers.map((peer) => JSON.stringify(peer)).toSorted(),
  ])
}
