/**
 * What became of the copies of large messages: who needed ours, and what we were spared. In: each message as it leaves.
 * Out, some seconds later: for each peer how often it lacked what we sent it, how often it was the first to bring it, and
 * counts. Nothing is noted when copies come or peers say that they have one: the records of these are there anyway and are
 * read once.
 */
import type { MsgIdStr, PeerIdStr } from '../../../shared/ids.ts'

/**
 * After so long what will come has come: half of all second copies are within 73 ms of the first (reference/p2p.md A6).
 * Less than the time for which an IDONTWANT is remembered, seven heartbeats and 8.4 s at least (network-load.ts).
 */
export const SETTLED_AFTER_MS = 3000
/**
 * Messages that are followed at once; further ones are not. Blocks and columns of mainnet are 129 a slot, and all of four
 * slots within these seconds are a fourth of it.
 */
const MAX_FOLLOWED = 2048
/** Of what was known of a peer, so much is forgotten with each message: the last 64 tell. Columns of half a slot, or 64 blocks. */
const KEPT_SHARE = 63 / 64
/** What is taken for granted of a new peer: as if it had lacked two of four. */
const PRIOR_MESSAGES = 4
const PRIOR_LACKED = 2

/** A large message that was sent. */
export interface SentMessage {
  readonly msgId: MsgIdStr
  /** Of one copy on the wire. */
  readonly bytes: number
  readonly sentAtMs: number
  /** Who was to get it. */
  readonly receivers: readonly PeerIdStr[]
  /** Who brought it, and who else had sent it before it left. */
  readonly source: PeerIdStr | undefined
  readonly others: ReadonlySet<PeerIdStr> | undefined
}

export interface CopyLedgerDeps {
  /** Whether a peer has sent us the message. */
  readonly hasSent: (peerId: PeerIdStr, msgId: MsgIdStr) => boolean
  /** Whether a peer has told us by IDONTWANT that it has the message: before our copy came, or it would have told others only. */
  readonly hasTold: (peerId: PeerIdStr, msgId: MsgIdStr) => boolean
  readonly isConnected: (peerId: PeerIdStr) => boolean
  /** A peer had a message of so many bytes before our copy came and, knowing that we had it, did not send it. */
  readonly onSparedReceived: (bytes: number) => void
}

interface Habit {
  messages: number
  lacked: number
  first: number
}

export class CopyLedger {
  readonly #deps: CopyLedgerDeps
  /** The oldest first. */
  #followed: SentMessage[] = []
  /** Of connected peers; an entry goes with its peer. */
  readonly #habits = new Map<PeerIdStr, Habit>()

  constructor(deps: CopyLedgerDeps) {
    this.#deps = deps
  }

  /** A message leaves that its receivers have been told they need not send us. */
  add(message: SentMessage): void {
    if (this.#followed.length < MAX_FOLLOWED) this.#followed.push(message)
  }

  /** To be called now and then: takes stock of what left long enough ago. */
  settle(nowMs: number): void {
    const limitMs = nowMs - SETTLED_AFTER_MS
    const young = this.#followed.findIndex(({ sentAtMs }) => sentAtMs > limitMs)
    const settled = young < 0 ? this.#followed.length : young
    if (settled === 0) return
    for (const message of this.#followed.slice(0, settled)) this.#settleOne(message)
    this.#followed = this.#followed.slice(settled)
  }

  /** Of the last large messages, the share that a peer lacked until our copy came: above 0 and below 1. */
  lackedShare(peerId: PeerIdStr): number {
    const { messages, lacked } = this.#habits.get(peerId) ?? NO_HABIT
    return (lacked + PRIOR_LACKED) / (messages + PRIOR_MESSAGES)
  }

  /** Of the last large messages, the share that a peer brought first; 0 of one that is new. */
  firstShare(peerId: PeerIdStr): number {
    const { messages, first } = this.#habits.get(peerId) ?? NO_HABIT
    return first / (messages + PRIOR_MESSAGES)
  }

  /** How many of the last large messages a peer had to do with, the older the less: at most 64. */
  messagesWith(peerId: PeerIdStr): number {
    return this.#habits.get(peerId)?.messages ?? 0
  }

  /** To be called when a peer left. */
  forget(peerId: PeerIdStr): void {
    this.#habits.delete(peerId)
  }

  #settleOne({ msgId, bytes, receivers, source, others }: SentMessage): void {
    const { hasSent, hasTold, onSparedReceived } = this.#deps
    if (source !== undefined) this.#note(source, false, true)
    if (others !== undefined) for (const peerId of others) if (peerId !== source) this.#note(peerId, false)
    for (const peerId of receivers) {
      const hasCome = hasSent(peerId, msgId)
      const wasTold = hasTold(peerId, msgId)
      if (wasTold && !hasCome) onSparedReceived(bytes)
      this.#note(peerId, !hasCome && !wasTold)
    }
  }

  #note(peerId: PeerIdStr, lacked: boolean, isFirst = false): void {
    if (!this.#deps.isConnected(peerId)) return
    let habit = this.#habits.get(peerId)
    if (habit === undefined) {
      habit = { messages: 0, lacked: 0, first: 0 }
      this.#habits.set(peerId, habit)
    }
    habit.messages = habit.messages * KEPT_SHARE + 1
    habit.lacked = habit.lacked * KEPT_SHARE + (lacked ? 1 : 0)
    habit.first = habit.first * KEPT_SHARE + (isFirst ? 1 : 0)
  }
}

const NO_HABIT: Readonly<Habit> = { messages: 0, lacked: 0, first: 0 }
