import type { PeerIdStr } from '../../shared/ids.ts'
import type { NodeRecord } from '../../shared/node-record.ts'

export interface DialWish {
  readonly record: NodeRecord
  /** Round trip to expect, ms: what was measured, else what neighbours have; undefined when there is no good sign. */
  readonly expectedRttMs: number | undefined
}

export interface DialChoiceDeps {
  /** Best verified round trip of an earlier connection, ms. */
  readonly bestRttMs: (peerId: PeerIdStr) => number | undefined
  /** Of peers in the same network as this address, ms. */
  readonly expectedRttMs: (ip: string) => number | undefined
  readonly maxLatencyMs: number
  /** False for peers that are connected, banned or to be avoided. */
  readonly mayDial: (peerId: PeerIdStr) => boolean
  /** How many of the topics we are short of a node serves. */
  readonly serves: (record: NodeRecord) => number
  /** Wishes wanted at most. */
  readonly limit: number
  /** Numbers in [0, 1); `Math.random` by default. */
  readonly random?: () => number
}

/** Chances of being near enough, best first. */
const NEAR = 0
const UNKNOWN = 1
/** Neighbours are beyond the limit: this one may be nearer than they, and is tried when there is nobody else. */
const FAR = 2

interface Candidate extends DialWish {
  readonly chance: typeof NEAR | typeof UNKNOWN | typeof FAR
  readonly served: number
  /** Makes the order of equals another one each time. */
  readonly lot: number
}

/**
 * Whom to dial, most promising first. Those whose own round trip was over the limit are left out. Of the others, peers
 * that serve a topic we are short of come before those that do not; among each, the known near by round trip, then the
 * unknown, those that serve more first and equals in a new random order at every call. Those with far neighbours are
 * last of all, whatever they serve: they would be dialled to be released again.
 */
export function chooseDials(records: Iterable<NodeRecord>, deps: DialChoiceDeps): readonly DialWish[] {
  if (deps.limit <= 0) return []
  const best: Candidate[] = []
  for (const record of records) {
    const candidate = deps.mayDial(record.peerId) ? candidateOf(record, deps) : undefined
    if (candidate !== undefined) insert(best, candidate, deps.limit)
  }
  return best.map(({ record, expectedRttMs }) => ({ record, expectedRttMs }))
}

/** Keeps the best `limit` in order: of thousands of records a few dozen are wanted, and the rest need no order. */
function insert(best: Candidate[], candidate: Candidate, limit: number): void {
  const last = best.at(-1)
  if (best.length >= limit && last !== undefined && byPromise(candidate, last) >= 0) return
  const place = best.findIndex((other) => byPromise(candidate, other) < 0)
  best.splice(place === -1 ? best.length : place, 0, candidate)
  if (best.length > limit) best.pop()
}

/** Undefined for a peer that was measured and is too slow, or has no address. */
function candidateOf(record: NodeRecord, deps: DialChoiceDeps): Candidate | undefined {
  if (record.addresses.length === 0) return undefined
  const { bestRttMs, maxLatencyMs, serves, random = Math.random } = deps
  const pastMs = bestRttMs(record.peerId)
  if (pastMs !== undefined && pastMs > maxLatencyMs) return undefined
  const guessMs = pastMs ?? neighboursRttMs(record, deps)
  const isFar = guessMs !== undefined && guessMs > maxLatencyMs
  const near = guessMs === undefined ? UNKNOWN : NEAR
  return {
    record,
    // The dial queue puts the unknown last: a peer with far neighbours must not overtake them.
    expectedRttMs: isFar ? undefined : guessMs,
    chance: isFar ? FAR : near,
    served: serves(record),
    lot: random(),
  }
}

function neighboursRttMs({ ip, ip6 }: NodeRecord, { expectedRttMs }: DialChoiceDeps): number | undefined {
  const guesses = [ip, ip6].flatMap((address) => (address === undefined ? [] : (expectedRttMs(address) ?? [])))
  return guesses.length === 0 ? undefined : Math.min(...guesses)
}

function byPromise(a: Candidate, b: Candidate): number {
  const isFarA = a.chance === FAR
  if (isFarA !== (b.chance === FAR)) return isFarA ? 1 : -1
  const serving = Number(b.served > 0) - Number(a.served > 0)
  if (serving !== 0) return serving
  if (a.chance !== b.chance) return a.chance - b.chance
  const nearer = (a.expectedRttMs ?? 0) - (b.expectedRttMs ?? 0)
  return nearer || b.served - a.served || a.lot - b.lot
}
