/**
 * What went over the gossip streams beside payloads: control messages, frames, answers. In: RPCs as they are read and
 * sent. Out: rows for the metrics. Additions to plain numbers only; it runs on the way of every RPC.
 */
import type { RPC } from '@chainsafe/libp2p-gossipsub/message'
import type { MeshReason } from '../../../rpc/mesh-reason.ts'
import type { ControlTraffic, GossipWireView } from '../../../rpc/metrics-view.ts'

/** The control messages of gossipsub 1.2. */
export const CONTROL_KINDS = ['ihave', 'iwant', 'graft', 'prune', 'idontwant'] as const
export type ControlKind = (typeof CONTROL_KINDS)[number]
/** Those that list ids of messages. */
export const CONTROL_KINDS_WITH_IDS: readonly ControlKind[] = ['ihave', 'iwant', 'idontwant']

interface ControlCount {
  messages: number
  ids: number
}

function noControl(): Readonly<Record<ControlKind, ControlCount>> {
  const none = (): ControlCount => ({ messages: 0, ids: 0 })
  return { ihave: none(), iwant: none(), graft: none(), prune: none(), idontwant: none() }
}

type Listing = readonly { readonly messageIDs: readonly unknown[] }[]

/** Adds `copies` of each message of the list. */
function addListing(count: ControlCount, listing: Listing, copies: number): void {
  if (listing.length === 0) return
  count.messages += copies * listing.length
  for (const { messageIDs } of listing) count.ids += copies * messageIDs.length
}

function addControl(counts: ReturnType<typeof noControl>, control: RPC.ControlMessage, copies: number): void {
  addListing(counts.ihave, control.ihave, copies)
  addListing(counts.iwant, control.iwant, copies)
  addListing(counts.idontwant, control.idontwant, copies)
  counts.graft.messages += copies * control.graft.length
  counts.prune.messages += copies * control.prune.length
}

/** Why a member of a mesh went for another. */
export type ReplacementReason = Extract<MeshReason, 'nearer_peer' | 'earlier_peer'>

/** What is counted here of what the metrics show. */
export type WireTotals = Omit<GossipWireView, 'cacheEntries' | 'peersByBand' | 'uplinkWaitingBytes'>

/** Totals since start. */
export class WireCounts {
  readonly #received = noControl()
  readonly #sent = noControl()
  /** Bytes with the prefixes of their length. */
  receivedBytes = 0
  receivedRpcs = 0
  sentBytes = 0
  sentRpcs = 0
  /** Messages sent because a peer asked for them. */
  iwantAnswers = 0
  /** Messages that a peer announced, was asked for and did not send in time, of those that were watched. */
  brokenPromises = 0
  readonly #sparedSent = { messages: 0, bytes: 0 }
  readonly #sparedReceived = { messages: 0, bytes: 0 }
  readonly #uplinkWaited = { messages: 0, bytes: 0 }
  readonly #replaced: Record<ReplacementReason, number> = { nearer_peer: 0, earlier_peer: 0 }

  receivedFrame(sizeBytes: number): void {
    this.receivedRpcs++
    this.receivedBytes += sizeBytes
  }

  sentFrame(sizeBytes: number): void {
    this.sentRpcs++
    this.sentBytes += sizeBytes
  }

  receivedControl(control: RPC.ControlMessage): void {
    addControl(this.#received, control, 1)
  }

  sentControl(control: RPC.ControlMessage, peers: number): void {
    addControl(this.#sent, control, peers)
  }

  /** IDONTWANT of one message, to so many peers. */
  sentUnwanted(peers: number): void {
    this.#sent.idontwant.messages += peers
    this.#sent.idontwant.ids += peers
  }

  /** A copy was not sent, to a peer that has the message. */
  sparedSending(sizeBytes: number): void {
    this.#sparedSent.messages++
    this.#sparedSent.bytes += sizeBytes
  }

  /** A copy did not come, from a peer that had the message. */
  sparedReceiving(sizeBytes: number): void {
    this.#sparedReceived.messages++
    this.#sparedReceived.bytes += sizeBytes
  }

  /** A copy waited for the uplink. */
  waitedForUplink(sizeBytes: number): void {
    this.#uplinkWaited.messages++
    this.#uplinkWaited.bytes += sizeBytes
  }

  /** So many members of a mesh went for others. */
  replacedPeers(reason: ReplacementReason, peers: number): void {
    this.#replaced[reason] += peers
  }

  /** All of it now. */
  view(): WireTotals {
    const { receivedBytes, receivedRpcs, sentBytes, sentRpcs, iwantAnswers, brokenPromises } = this
    return {
      control: this.control(),
      ...{ receivedBytes, receivedRpcs, sentBytes, sentRpcs, iwantAnswers, brokenPromises },
      sparedSent: { ...this.#sparedSent },
      sparedReceived: { ...this.#sparedReceived },
      uplinkWaited: { ...this.#uplinkWaited },
      replacedPeers: { ...this.#replaced },
    }
  }

  /** A row for each kind. */
  control(): readonly ControlTraffic[] {
    return CONTROL_KINDS.map((control) => ({
      control,
      listsIds: CONTROL_KINDS_WITH_IDS.includes(control),
      receivedMessages: this.#received[control].messages,
      receivedIds: this.#received[control].ids,
      sentMessages: this.#sent[control].messages,
      sentIds: this.#sent[control].ids,
    }))
  }
}
