import type { SlotClock } from '../../consensus/slot-clock.ts'
import type { ArrivalView } from '../../rpc/block-views.ts'
import type { Clock } from '../../shared/clock.ts'
import type { MsgIdStr, PeerIdStr } from '../../shared/ids.ts'
import type { JobResult } from '../../validation-pool/client.ts'
import type { BlockFacts, BlockFactsInput } from '../../validation-pool/job-table.ts'
import type { AcceptedBlock } from '../gossip/block-observer.ts'
import { UNKNOWN_CLIENT } from '../peers/peer-record.ts'
import { BlockBudget } from './block-budget.ts'

/** Blocks remembered: 51 minutes of mainnet. */
export const MAX_ARRIVALS = 256
/**
 * A block is hashed this long after it came. Hashing has a thread of its own, but not always a core: by then the block
 * has left for its receivers, which takes tens of ms at most, and its root is there long before anybody asks for it.
 */
const HASH_DELAY_MS = 100
/** Peers counted with copies of one block: beyond all that a relay is connected to. */
const MAX_LATER_PEERS = 1_024

export interface ArrivalsDeps {
  readonly clock: Clock
  readonly slotClock: SlotClock
  /** What is known of a peer now. */
  readonly peerOf: (peerId: PeerIdStr) => { readonly client: string; readonly rttMs: number } | undefined
  /** Hashes a block on another thread; its bytes change hands. */
  readonly factsOf: (block: BlockFactsInput) => Promise<JobResult<'block-facts'>>
  /** A block was hashed: for others who want its root. */
  readonly onHashed?: ((block: AcceptedBlock, facts: BlockFacts) => void) | undefined
  /** Told once of each block that is shown, as soon as it is. `atMs`: monotonic, of its coming. */
  readonly onShown?: (arrival: ArrivalView, atMs: number) => void
}

/**
 * Why an accepted block is not shown: its slot had enough of them, the pool had too much to do or failed, or it turned
 * out to be no block.
 */
export type HiddenReason = 'slot_limit' | 'queue_full' | 'failed' | 'no_block'

interface Entry {
  readonly from: PeerIdStr
  readonly client: string
  readonly rttMs: number
  readonly arrivedUnixMs: number
  /** Monotonic. */
  readonly atMs: number
  /** Peers that sent a copy; made with the first one. */
  laterPeers: Set<PeerIdStr> | undefined
  /** Undefined until hashed. */
  facts: BlockFacts | undefined
}

/**
 * The last accepted blocks and how they came to us. A block is shown as soon as it is hashed, about a tenth of a second
 * after it came; what turns out to be no block is not shown.
 */
export class Arrivals {
  readonly #deps: ArrivalsDeps
  readonly #budget: BlockBudget
  /** In order of arrival. */
  readonly #entries = new Map<MsgIdStr, Entry>()
  /** Blocks that wait to be hashed, with their bytes: no more than the budget of the slots that the delay touches. */
  readonly #timers = new Set<Disposable>()
  readonly #hidden: Record<HiddenReason, number> = { slot_limit: 0, queue_full: 0, failed: 0, no_block: 0 }
  #isStopped = false

  constructor(deps: ArrivalsDeps) {
    this.#deps = deps
    this.#budget = new BlockBudget(deps.slotClock)
  }

  /** Accepted blocks that are not shown, by reason. */
  get hidden(): Readonly<Record<HiddenReason, number>> {
    return this.#hidden
  }

  onBlock(block: AcceptedBlock): void {
    if (this.#isStopped || this.#entries.has(block.msgId)) return
    if (!this.#budget.take(block.from, block.isVouched)) {
      this.#hidden.slot_limit++
      return
    }
    const { clock, peerOf } = this.#deps
    const peer = peerOf(block.from)
    this.#entries.set(block.msgId, {
      from: block.from,
      client: peer?.client ?? UNKNOWN_CLIENT,
      rttMs: peer?.rttMs ?? 0,
      // From the monotonic clock to the wall clock as it goes now: the two drift apart, and the latter may jump.
      arrivedUnixMs: Math.round(clock.nowMs() - (clock.monotonicMs() - block.atMs)),
      atMs: block.atMs,
      laterPeers: undefined,
      facts: undefined,
    })
    // The bytes are lent for the call.
    const kept = { ...block, data: new Uint8Array(block.data) }
    const timer = clock.after(HASH_DELAY_MS, () => {
      this.#timers.delete(timer)
      void this.#hash(kept)
    })
    this.#timers.add(timer)
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
    this.#isStopped = true
    for (const timer of this.#timers) timer[Symbol.dispose]()
    this.#timers.clear()
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

  async #hash(block: AcceptedBlock): Promise<void> {
    const { msgId, fork, data, maxSszBytes } = block
    // A copy: who wants its root wants the block too.
    const result = await this.#deps.factsOf({ fork, data: new Uint8Array(data), maxSszBytes })
    if (result.ok && result.output !== undefined) {
      this.#show(msgId, result.output)
      this.#deps.onHashed?.(block, result.output)
      return
    }
    this.#entries.delete(msgId)
    const reason = result.ok ? 'no_block' : result.reason
    if (reason !== 'stopped') this.#hidden[reason]++
  }

  #show(msgId: MsgIdStr, facts: BlockFacts): void {
    const entry = this.#entries.get(msgId)
    if (entry === undefined) return
    entry.facts = facts
    // The same block with another signature around it is a later copy of the one that came first.
    const [first, ...later] = [...this.#entries].filter(([, other]) => other.facts?.root === facts.root)
    for (const [laterId, { from, laterPeers }] of later) {
      if (first !== undefined) for (const peerId of [from, ...(laterPeers ?? [])]) countLater(first[1], peerId)
      this.#entries.delete(laterId)
    }
    if (later.length === 0) this.#deps.onShown?.(this.#view(entry, facts), entry.atMs)
  }
}

function countLater(entry: Entry, peerId: PeerIdStr): void {
  if (peerId === entry.from) return
  entry.laterPeers ??= new Set()
  if (entry.laterPeers.size < MAX_LATER_PEERS) entry.laterPeers.add(peerId)
}
