/**
 * Whose word counts for blocks where nothing of them can be verified. A peer earns a record by blocks that it is the first to
 * send and that later blocks are built on. Once some have one, or a peer of the operator's choice sends blocks, whoever has
 * just come does not count as long as these go on sending: clients part with us for a single forged block. At the start
 * nobody has a record, nothing says who is honest, and everybody counts.
 */
import type { MsgIdStr, PeerIdStr } from '../../../shared/ids.ts'
import { ChainEvidence, type HashedBlock, type SlotOutcome } from './chain-evidence.ts'

/**
 * Slots of which a peer must have sent the block that became the chain. One may be luck. More would leave a relay that
 * starts without a guard for longer: three are known within five slots, a minute on mainnet.
 */
export const RECORD_SLOTS = 3
/** Who comes when there are records already has one from so long after the first of those slots on, in epochs. */
const RECORD_EPOCHS = 1
/** So long, in epochs, those count who were here before there was any record: time to send blocks of their own. */
const FIRST_COMERS_EPOCHS = 8
/** Who has been here for so long, in epochs, is late with blocks that nobody else sends, but not kept out. */
const STAYED_EPOCHS = 2
/** More than a relay is connected to; the one whose last credit is the longest ago goes first. */
const MAX_RECORDS = 1024
/** A block may be a slot late and earn its sender as much: its own slot ends while it waits. */
const SLOTS_LATE = 1
/** Slots up to the current one that are asked about, and one ahead by the disparity of clocks: messages wait for less than two. */
const HEARD_SLOTS = 8
/** When those with a record are silent for longer, they are gone or behind: others are then all there is. */
export const SILENT_SLOTS = 2

export interface TrackRecordDeps {
  readonly slotsPerEpoch: number
  readonly currentSlot: () => number
  /** True for peers of the operator's choice. */
  readonly isBelieved: (peerId: PeerIdStr) => boolean
  /** The slot of the clock in which a peer's connection was made; the current one of a peer that is not connected. */
  readonly connectedSlot: (peerId: PeerIdStr) => number
  /** Who had a record when the relay stopped, the longest unheard first. */
  readonly restored?: readonly PeerIdStr[] | undefined
}

/** A block that goes on. */
export interface NotedBlock {
  readonly slot: number
  readonly msgId: MsgIdStr
  /**
   * Who sent it first, and whose word then let it go on. Copies that come after are worth nothing, or an echo of ours would
   * be.
   */
  readonly senders: readonly PeerIdStr[]
}

/** A block that has waited in vain, unless others are enough. */
export interface LateBlock {
  readonly slot: number
  /** How many independent peers have sent it. */
  readonly independent: number
  /** The word of one of them counts. */
  readonly isToldByAny: boolean
  readonly senders: Iterable<PeerIdStr>
}

interface PeerRecord {
  /** Slots of the chain whose block it sent first. */
  slots: number
  /** The first of them, or that in which it was caught. */
  sinceSlot: number
  /** The newest slot of which a block of its went on. */
  lastSlot: number
  /** It sent another block than that of the chain since it last had a record. */
  isCaught: boolean
}

export class TrackRecord {
  readonly #deps: TrackRecordDeps
  readonly #evidence = new ChainEvidence()
  /** Kept when a peer leaves: who comes back has what it had. */
  readonly #records = new Map<PeerIdStr, PeerRecord>()
  /** Slots of which somebody whose word counts sent a block that passed. */
  readonly #heard = new Set<number>()
  /** The newest slot of which one with a record did, or a peer of the operator's choice. */
  #ledSlot = Number.NEGATIVE_INFINITY
  /** Who connected before this slot was here before there was a record; undefined while there is none. */
  #firstRecordSlot: number | undefined
  #leaders = { slot: Number.NEGATIVE_INFINITY, count: 0 }

  constructor(deps: TrackRecordDeps) {
    this.#deps = deps
    const [sinceSlot, lastSlot] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]
    for (const peerId of deps.restored ?? []) {
      this.#keep(peerId, { slots: RECORD_SLOTS, sinceSlot, lastSlot, isCaught: false })
    }
  }

  /** True when a peer has not just come, and of all peers while nobody with a record sends blocks. */
  counts(peerId: PeerIdStr): boolean {
    return this.countsForBlocks(peerId) || this.#stayedEpochs(peerId) >= 1
  }

  /** True when a block may go on at the word of this peer alone, if it is the first of its slot. */
  countsForBlocks(peerId: PeerIdStr): boolean {
    this.#settle()
    if (this.#deps.currentSlot() - this.#ledSlot > SILENT_SLOTS) return true
    const record = this.#records.get(peerId)
    return this.#isFirstComer(peerId, record) || this.#hasRecord(peerId, record)
  }

  /**
   * True when a block that too few sent whose word counts is to go on after all, its time being up: late is better than
   * never when these have left, or keep the slot's block back. Strangers alone must be more than there are with a record, so
   * that not every slot that stays empty is theirs; but one who has been here for long is enough, since blocks of a node that
   * nobody else is connected to come from nowhere else.
   */
  isEnoughLate({ slot, independent, isToldByAny, senders }: LateBlock): boolean {
    this.#settle()
    if (this.#heard.has(slot)) return false
    if (isToldByAny || independent > Math.max(1, this.#countLeaders())) return true
    for (const peerId of senders) if (this.#stayedEpochs(peerId) >= STAYED_EPOCHS) return true
    return false
  }

  note({ slot, msgId, senders }: NotedBlock): void {
    const { currentSlot, isBelieved } = this.#deps
    this.#settle()
    if (senders.some((peerId) => isBelieved(peerId) || this.countsForBlocks(peerId))) this.#hear(slot)
    if (slot < currentSlot() - SLOTS_LATE) return
    for (const peerId of senders) {
      const record = this.#records.get(peerId)
      if (record !== undefined) record.lastSlot = Math.max(record.lastSlot, slot)
      // Beside a peer of the operator's choice nobody counts for having been here at the start.
      if (isBelieved(peerId)) this.#lead(slot, Number.NEGATIVE_INFINITY)
      else if (this.#hasRecord(peerId, record)) this.#lead(slot, slot)
    }
    this.#evidence.passed({ slot, msgId, senders }, currentSlot())
  }

  /** A block was hashed, which may be any. */
  onHashed(msgId: MsgIdStr, block: HashedBlock): void {
    this.#evidence.hashed(msgId, block)
  }

  /** Those of which nobody asks go: were it those heard of first, a peer whose word counts could tell of old ones until this goes. */
  #hear(slot: number): void {
    const current = this.#deps.currentSlot()
    this.#heard.add(slot)
    for (const heard of this.#heard)
      if (heard <= current - HEARD_SLOTS || heard > current + 1) this.#heard.delete(heard)
  }

  #lead(slot: number, firstRecordSlot: number): void {
    this.#firstRecordSlot ??= firstRecordSlot
    this.#ledSlot = Math.max(this.#ledSlot, slot)
  }

  /** Takes note of what later blocks have shown. */
  #settle(): void {
    const { currentSlot } = this.#deps
    for (const outcome of this.#evidence.settle(currentSlot())) {
      for (const peerId of outcome.caught) this.#catch(peerId)
      for (const peerId of outcome.first) this.#credit(peerId, outcome)
    }
  }

  #credit(peerId: PeerIdStr, { slot, knownSlot }: SlotOutcome): void {
    const record = this.#records.get(peerId) ?? { slots: 0, sinceSlot: slot, lastSlot: slot, isCaught: false }
    record.slots++
    record.lastSlot = Math.max(record.lastSlot, slot)
    this.#keep(peerId, record)
    if (record.slots < RECORD_SLOTS) return
    this.#firstRecordSlot ??= knownSlot
    if (this.#hasRecord(peerId, record)) this.#lead(record.lastSlot, knownSlot)
  }

  /** What it had is gone: it may earn a record anew, and until then neither time nor an early start speaks for it. */
  #catch(peerId: PeerIdStr): void {
    const record = this.#records.get(peerId)
    const lastSlot = record?.lastSlot ?? Number.NEGATIVE_INFINITY
    this.#keep(peerId, { slots: 0, sinceSlot: this.#deps.currentSlot(), lastSlot, isCaught: true })
  }

  #keep(peerId: PeerIdStr, record: PeerRecord): void {
    this.#records.delete(peerId)
    this.#records.set(peerId, record)
    const [oldest] = this.#records.keys()
    if (this.#records.size > MAX_RECORDS && oldest !== undefined) this.#records.delete(oldest)
  }

  /** True when it sent enough, and did not all of it when it had just come. */
  #hasRecord(peerId: PeerIdStr, record: PeerRecord | undefined): boolean {
    if (record === undefined || record.slots < RECORD_SLOTS) return false
    const { currentSlot, slotsPerEpoch } = this.#deps
    if (currentSlot() - record.sinceSlot >= RECORD_EPOCHS * slotsPerEpoch) {
      record.isCaught = false
      return true
    }
    return this.#isFirstComer(peerId, record) || this.#stayedEpochs(peerId) >= RECORD_EPOCHS
  }

  /** True when it was here before anybody had a record, which is not long ago. */
  #isFirstComer(peerId: PeerIdStr, record: PeerRecord | undefined): boolean {
    const { currentSlot, slotsPerEpoch, connectedSlot } = this.#deps
    const first = this.#firstRecordSlot
    if (first === undefined || record?.isCaught === true) return false
    return currentSlot() - first < FIRST_COMERS_EPOCHS * slotsPerEpoch && connectedSlot(peerId) < first
  }

  /** For how long it has been connected; 0 when it was caught. */
  #stayedEpochs(peerId: PeerIdStr): number {
    if (this.#records.get(peerId)?.isCaught === true) return 0
    const { currentSlot, slotsPerEpoch, connectedSlot } = this.#deps
    return (currentSlot() - connectedSlot(peerId)) / slotsPerEpoch
  }

  /** Peers with a record whose block went on in the last epoch: counted once a slot, as any block that waited asks. */
  #countLeaders(): number {
    const slot = this.#deps.currentSlot()
    if (this.#leaders.slot !== slot) {
      let count = 0
      for (const [peerId, record] of this.#records) {
        if (slot - record.lastSlot < this.#deps.slotsPerEpoch && this.#hasRecord(peerId, record)) count++
      }
      this.#leaders = { slot, count }
    }
    return this.#leaders.count
  }
}
