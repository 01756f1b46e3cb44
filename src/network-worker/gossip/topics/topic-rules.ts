import type { PeerId } from '@libp2p/interface'
import type { MsgIdStr, PeerIdStr } from '../../../shared/ids.ts'
import type { KindIndex } from '../../stats/kind-traffic.ts'
import type { Verdict, VerdictReason } from '../../validation/verdict.ts'
import type { MessageClass } from '../message-class.ts'

/** A payload opened, or why it is none. Long ones may be lent: until another is opened (`PayloadOpener`). */
export type Opened =
  | { readonly ok: true; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly reason: VerdictReason }

/** Who sent a message, and how long it is. */
export interface Incoming {
  /** The first who sent it. */
  readonly fromId: PeerIdStr
  /** Who sent copies of it so far; grows while it waits. */
  readonly copies: ReadonlySet<PeerIdStr> | undefined
  /** Compressed, as it came. */
  readonly sizeBytes: number
}

/**
 * The verdict may hang on whether others send the message too: unlike where it is only promised, the mesh is not told by
 * IDONTWANT that we have the message until it is accepted.
 */
export interface Held {
  readonly action: 'hold'
  readonly settled: Promise<Verdict>
}

/** How messages of one topic are taken in, worked out once when it is joined. */
export interface TopicRules {
  readonly kind: KindIndex
  readonly messageClass: MessageClass
  /** The payload in the bytes that came; must not throw. */
  open(data: Uint8Array): Opened
  idOf(payload: Uint8Array): MsgIdStr
  /**
   * Judges a payload, which is lent for the call: whoever looks at it later has copied it. A verdict that is there at once
   * lets the message pass in the turn that brought it; one that is promised is waited for while other messages pass.
   * Checks that wait bound what they have under way, and answer `ignore` beyond it. A check that throws, or whose promise
   * is rejected, lets nothing pass and blames nobody.
   */
  check(payload: Uint8Array, msgId: MsgIdStr, incoming: Incoming): Verdict | Promise<Verdict> | Held
  /** Told of each verdict once, before the message passes on. */
  onVerdict(verdict: Verdict, payload: Uint8Array, from: PeerId): void
  /** A payload could not be opened. Told of each sender. */
  onUnreadable(reason: VerdictReason, from: PeerIdStr): void
}
