import type { SlotClock } from '../../consensus/slot-clock.ts'
import { decompressBlock } from '../../consensus/snappy-block.ts'
import { peekBlock } from '../../consensus/ssz-peek.ts'
import type { ArrivalView } from '../../rpc/contract.ts'
import type { Clock } from '../../shared/clock.ts'
import type { MsgIdStr, PeerIdStr } from '../../shared/ids.ts'
import type { AcceptedBlock } from '../gossip/block-observer.ts'
import { UNKNOWN_CLIENT } from '../peers/peer-record.ts'
import { blockRoot } from './block-root.ts'

/** Blocks remembered: 51 minutes of mainnet. */
export const MAX_ARRIVALS = 256
/**
 * A block is hashed this long after it came, when the columns that come with it have been forwarded, and one block at a
 * time: many at once, which only somebody ill-meaning sends, then leave room for messages in between.
 */
const HASH_DELAY_MS = 500
/** Blocks that wait for that with their bytes; while there are as many, further ones are not noted. */
const MAX_WAITING = 8
/** Hashing takes some 0.1 ms for each kB, in slices; blocks of mainnet have some 120 kB, and longer ones than this are not shown. */
const MAX_HASHED_BYTES = 2 * 1024 * 1024
/** Peers counted with copies of one block: beyond all that a relay is connected to. */
const MAX_LATER_PEERS = 1_024

export interface ArrivalsDeps {
  readonly clock: Clock
  readonly slotClock: SlotClock
  /** What is known of a peer now. */
  readonly peerOf: (peerId: PeerIdStr) => { readonly client: string; readonly rttMs: number } | undefined
}

/** What the block itself says; its root stands for the rest. */
interface BlockFacts {
  readonly slot: number
  readonly proposerIndex: number
  readonly root: string
}

interface Entry {
  readonly from: PeerIdStr
  readonly client: string
  readonly rttMs: number
  readonly arrivedUnixMs: number
  /** Peers that sent a copy; made with the first one. */
  laterPeers: Set<PeerIdStr> | undefined
  /** Undefined until hashed. */
  facts: BlockFacts | undefined
}

/**
 * The last accepted blocks and how they came to us. A block is shown as soon as it is hashed, half a second after it
 * came; what turns out to be no block is not shown.
 */
export class Arrivals {
  readonly #deps: ArrivalsDeps
  /** In order of arrival. */
  readonly #entries = new Map<MsgIdStr, Entry>()
  readonly #waiting: AcceptedBlock[] = []
  #timer: Disposable | undefined

  constructor(deps: ArrivalsDeps) {
    this.#deps = deps
  }

  onBlock(block: AcceptedBlock): void {
    if (this.#waiting.length >= MAX_WAITING || this.#entries.has(block.msgId)) return
    const { clock, peerOf } = this.#deps
    const peer = peerOf(block.from)
    this.#entries.set(block.msgId, {
      from: block.from,
      client: peer?.client ?? UNKNOWN_CLIENT,
      rttMs: peer?.rttMs ?? 0,
      // From the monotonic clock to the wall clock as it goes now: the two drift apart, and the latter may jump.
      arrivedUnixMs: Math.round(clock.nowMs() - (clock.monotonicMs() - block.atMs)),
      laterPeers: undefined,
      facts: undefined,
    })
    this.#waiting.push(block)
    this.#timer ??= clock.after(HASH_DELAY_MS, () => this.#hashNext())
    if (this.#entries.size <= MAX_ARRIVALS) return
    const [oldest] = this.#entries.keys()
    if (oldest !== undefined) this.#entries.delete(oldest)
  }

  /** Called for the copies of all messages, of which hardly any is here: one look-up. */
  onCopy(msgId: MsgIdStr, from: PeerIdStr): void {
    const entry = this.#entries.get(msgId)
    if (entry !== undefined) countLater(entry, from)
  }

  /** By slot, and within a slot by arrival. */
  arrivals(): readonly ArrivalView[] {
    const views: ArrivalView[] = []
    for (const entry of this.#entries.values()) {
      if (entry.facts !== undefined) views.push(this.#view(entry, entry.facts))
    }
    return views.sort((a, b) => a.slot - b.slot || a.arrived_unix_ms - b.arrived_unix_ms)
  }

  /** Blocks that are not hashed yet stay so. Idempotent. */
  stop(): void {
    this.#timer?.[Symbol.dispose]()
    this.#timer = undefined
    this.#waiting.length = 0
  }

  #view(entry: Entry, { slot, proposerIndex, root }: BlockFacts): ArrivalView {
    return {
      slot,
      block_root: root,
      proposer_index: proposerIndex,
      first_peer_id: entry.from,
      client: entry.client,
      rtt_ms: entry.rttMs,
      arrived_unix_ms: entry.arrivedUnixMs,
      ms_into_slot: entry.arrivedUnixMs - this.#deps.slotClock.slotStartMs(slot),
      later_peers: entry.laterPeers?.size ?? 0,
    }
  }

  #hashNext(): void {
    const [block] = this.#waiting
    if (block !== undefined) this.#hashSlice(block.msgId, hashed(block))
  }

  /** One slice a turn, so that messages that came meanwhile go first. */
  #hashSlice(msgId: MsgIdStr, slices: Generator<undefined, BlockFacts | undefined>): void {
    const { clock } = this.#deps
    const { done, value } = slices.next()
    if (done !== true) {
      this.#timer = clock.after(0, () => this.#hashSlice(msgId, slices))
      return
    }
    this.#waiting.shift()
    this.#complete(msgId, value)
    this.#timer = this.#waiting.length === 0 ? undefined : clock.after(HASH_DELAY_MS, () => this.#hashNext())
  }

  #complete(msgId: MsgIdStr, facts: BlockFacts | undefined): void {
    const entry = this.#entries.get(msgId)
    if (entry === undefined) return
    const first = facts === undefined ? undefined : this.#withRoot(facts.root)
    if (facts !== undefined && first === undefined) {
      entry.facts = facts
      return
    }
    // No block, or one with another signature around it that came before.
    this.#entries.delete(msgId)
    if (first === undefined) return
    for (const peerId of [entry.from, ...(entry.laterPeers ?? [])]) countLater(first, peerId)
  }

  #withRoot(root: string): Entry | undefined {
    for (const entry of this.#entries.values()) if (entry.facts?.root === root) return entry
    return undefined
  }
}

function countLater(entry: Entry, peerId: PeerIdStr): void {
  if (peerId === entry.from) return
  entry.laterPeers ??= new Set()
  if (entry.laterPeers.size < MAX_LATER_PEERS) entry.laterPeers.add(peerId)
}

function* hashed({ fork, data, maxSszBytes }: AcceptedBlock): Generator<undefined, BlockFacts | undefined> {
  const decompressed = decompressBlock(data, 0, Math.min(maxSszBytes, MAX_HASHED_BYTES))
  if (!decompressed.ok) return undefined
  const peeked = peekBlock(decompressed.bytes)
  const root = yield* blockRoot(fork, decompressed.bytes)
  if (peeked === undefined || root === undefined) return undefined
  return { slot: peeked.slot, proposerIndex: peeked.proposerIndex, root }
}
