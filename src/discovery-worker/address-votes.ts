import type { AddressVotedEvent } from '../rpc/discovery-contract.ts'
import type { Clock } from '../shared/clock.ts'
import { type AddressScope, networkOf, type PlacedAddress, placeAddress } from './address-scope.ts'

/** How long a vote counts (reference/scoring.md §6: 2 to 5 min with sigp). */
export const VOTE_WINDOW_MS = 300_000
/** Voters that must agree: as sigp asks for, where there are that many; in a small network half of those known. */
const MIN_VOTERS = { large: 10, small: 3 }
/** Votes kept; several times those needed. The oldest goes first. */
const MAX_VOTES = 512
/** Share of the votes that the first address needs, and a later one: two about even would take turns otherwise. */
const FIRST_SHARE = 1 / 2
const CHANGE_SHARE = 2 / 3

/** From the widest: who sees us from afar knows better how others do. */
const SCOPES: readonly AddressScope[] = ['public', 'local', 'loopback']

interface Vote {
  readonly seen: PlacedAddress
  readonly port: number
  readonly atMs: number
}

export interface AddressVotesDeps {
  readonly clock: Clock
  /** Networks with one voice each that known nodes of this scope and family are in. */
  readonly knownNetworks: (scope: AddressScope, family: 4 | 6) => number
  /** Called once for each change. */
  readonly onVoted: (vote: AddressVotedEvent) => void
}

/**
 * What others see as our address. One voice for each network, so that a host with many ids is heard once; a voice
 * counts for addresses of its own scope only, as nobody on this machine can know how the world sees us.
 */
export class AddressVotes {
  readonly #deps: AddressVotesDeps
  /** By family and voter's network; the latest at the end. */
  readonly #votes = new Map<string, Vote>()
  readonly #elected = new Map<4 | 6, string>()

  constructor(deps: AddressVotesDeps) {
    this.#deps = deps
  }

  get size(): number {
    return this.#votes.size
  }

  /** False while the voter's network has a vote that is good for half the window. */
  wants(voterIp: string, voterId: string): boolean {
    const voter = placeAddress(voterIp)
    if (voter === undefined) return false
    const vote = this.#votes.get(keyOf(voter, voterId))
    return vote === undefined || this.#deps.clock.monotonicMs() - vote.atMs > VOTE_WINDOW_MS / 2
  }

  /** The node at `voterIp` says that it sees us at `ip` and `port`. */
  cast(voterIp: string, voterId: string, ip: string, port: number): void {
    const voter = placeAddress(voterIp)
    const seen = placeAddress(ip)
    if (voter === undefined || seen === undefined || port === 0) return
    if (voter.scope !== seen.scope || voter.family !== seen.family) return
    const key = keyOf(voter, voterId)
    this.#votes.delete(key)
    this.#votes.set(key, { seen, port, atMs: this.#deps.clock.monotonicMs() })
    this.#forgetOld()
    this.#count(seen.family)
  }

  #forgetOld(): void {
    const fromMs = this.#deps.clock.monotonicMs() - VOTE_WINDOW_MS
    for (const [key, { atMs }] of this.#votes) {
      if (atMs >= fromMs && this.#votes.size <= MAX_VOTES) return
      this.#votes.delete(key)
    }
  }

  #count(family: 4 | 6): void {
    for (const scope of SCOPES) {
      const votes = [...this.#votes.values()].filter(({ seen }) => seen.family === family && seen.scope === scope)
      const needed = this.#needed(scope, family)
      if (votes.length < needed) continue
      this.#elect(family, votes, needed)
      return
    }
  }

  #needed(scope: AddressScope, family: 4 | 6): number {
    const half = Math.ceil(this.#deps.knownNetworks(scope, family) / 2)
    return Math.min(MIN_VOTERS.large, Math.max(MIN_VOTERS.small, half))
  }

  #elect(family: 4 | 6, votes: readonly Vote[], needed: number): void {
    const groups = Map.groupBy(votes, ({ seen, port }) => `${seen.ip} ${port}`)
    const [most] = [...groups].toSorted(([, a], [, b]) => b.length - a.length)
    const [first] = most?.[1] ?? []
    if (most === undefined || first === undefined) return
    const [address, { length }] = most
    const elected = this.#elected.get(family)
    const isEnough = elected === undefined ? length > votes.length * FIRST_SHARE : length >= votes.length * CHANGE_SHARE
    if (address === elected || length < needed || !isEnough) return
    this.#elected.set(family, address)
    this.#deps.onVoted({ ip: first.seen.ip, port: first.port, votes: length })
  }
}

function keyOf(voter: PlacedAddress, voterId: string): string {
  return `${voter.family} ${networkOf(voter, voterId)}`
}
