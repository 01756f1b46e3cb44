/**
 * IDONTWANT, both ways (gossipsub v1.2). What is large is told of as soon as its id is known, ahead of all that waits for a
 * peer; what a peer does not want is not sent to it, and taken out of what waits for it.
 */
import type { RPC } from '@chainsafe/libp2p-gossipsub/message'
import type { PeerId } from '@libp2p/interface'
import type { MsgIdStr, PeerIdStr, TopicStr } from '../../../shared/ids.ts'
import { IdNames } from '../ids/id-names.ts'
import { pushFront } from '../sending/peer-outbox.ts'
import { unwantedFrame } from '../wire/unwanted-frame.ts'
import { DONE } from './done.ts'
import type { OutboundStream } from './gossipsub-internals.ts'
import { LazyPushRouter } from './lazy-push-router.ts'

/** The newest version that upstream speaks, and the only one of them that has IDONTWANT. */
const WITH_IDONTWANT = '/meshsub/1.2.0'
/**
 * Ids that a peer does not want, at most; the oldest go first. Blocks and columns of fifteen slots, or what a peer that
 * announces votes too says in seconds; two hundred peers that say as much as they can have 40 MB kept. Upstream bounds
 * them by the heartbeat only: 21,504 a peer at the fastest.
 */
export const MAX_UNWANTED_IDS = 2048

/** Whether a peer's version of the protocol has it. */
export function hasIdontwant({ protocol }: Pick<OutboundStream, 'protocol'>): boolean {
  return protocol === WITH_IDONTWANT
}

export class AnnouncingRouter extends LazyPushRouter {
  readonly #idNames = new IdNames()
  /** In place of the option, with the same answers. */
  override msgIdToStrFn = (msgId: Uint8Array): MsgIdStr => this.#idNames.of(msgId)

  /**
   * Upstream tells the mesh. Explicit peers are in no mesh, and two that are explicit to each other would send each other
   * everything. Whoever has sent a copy, as its source or as one of `others`, has nothing to be told.
   */
  override sendIDontWants(
    msgId: Uint8Array,
    topic: TopicStr,
    source: PeerIdStr,
    others?: ReadonlySet<PeerIdStr>,
  ): void {
    const receivers = this.receiversOf(topic, source, others)
    if (receivers.length === 0) return
    const frame = unwantedFrame(msgId)
    let told = 0
    for (const peerId of receivers) {
      const stream = this.streamsOutbound.get(peerId)
      if (stream !== undefined && hasIdontwant(stream) && pushFront(stream, frame)) told++
    }
    this.wireCounts.sentUnwanted(told)
  }

  /** Most of all control messages say IDONTWANT and nothing else; upstream takes them by two promises and a line for the log. */
  override handleReceivedRpc(from: PeerId, rpc: RPC): Promise<void> {
    const { control } = rpc
    if (control === undefined || !isUnwantedOnly(rpc, control)) return super.handleReceivedRpc(from, rpc)
    this.wireCounts.receivedControl(control)
    const fromId = from.toString()
    if (this.acceptFrom(fromId)) this.handleIdontwant(fromId, control.idontwant)
    return DONE
  }

  /** Upstream takes note; of what waits for the peer it may be what holds back the rest. */
  override handleIdontwant(peerId: PeerIdStr, idontwant: RPC.ControlIDontWant[]): void {
    // What stands before it in an RPC may take time, and an entry for a peer that has left meanwhile would stay.
    if (!this.peers.has(peerId)) return
    const known = this.idontwants.get(peerId)?.size ?? 0
    super.handleIdontwant(peerId, idontwant)
    const unwanted = this.idontwants.get(peerId)
    if (unwanted === undefined || unwanted.size === known) return
    for (const msgId of unwanted.keys()) {
      if (unwanted.size <= MAX_UNWANTED_IDS) break
      unwanted.delete(msgId)
    }
    this.onUnwanted(peerId)
  }

  /** Whether a peer has told us that it does not want a message. */
  protected isUnwanted(peerId: PeerIdStr, msgId: MsgIdStr): boolean {
    return this.idontwants.get(peerId)?.has(msgId) === true
  }

  /** Whether a peer has sent us a message, as far as it was a copy of one that had come before. */
  protected hasSent(peerId: PeerIdStr, msgId: MsgIdStr): boolean {
    return this.score.deliveryRecords.getRecord(msgId)?.peers.has(peerId) === true
  }

  /** Who is to get a message: explicit peers that take the topic, then the mesh; neither its source nor `others`. */
  protected receiversOf(
    topic: TopicStr,
    source: PeerIdStr | undefined,
    others: ReadonlySet<PeerIdStr> | undefined,
  ): readonly PeerIdStr[] {
    const receivers: PeerIdStr[] = []
    const add = (peerId: PeerIdStr): void => {
      if (peerId !== source && others?.has(peerId) !== true) receivers.push(peerId)
    }
    const mesh = this.mesh.get(topic)
    if (this.direct.size > 0) {
      const takers = this.topics.get(topic)
      for (const peerId of this.direct) if (takers?.has(peerId) === true && mesh?.has(peerId) !== true) add(peerId)
    }
    if (mesh !== undefined) for (const peerId of mesh) add(peerId)
    return receivers
  }

  /** Called when a peer has said of messages that it does not want them, of which it had not said so. */
  protected onUnwanted(_peerId: PeerIdStr): void {}
}

function isUnwantedOnly(
  { messages, subscriptions }: RPC,
  { ihave, iwant, graft, prune, idontwant }: RPC.ControlMessage,
) {
  const others = messages.length + subscriptions.length + ihave.length + iwant.length + graft.length + prune.length
  return idontwant.length > 0 && others === 0
}
