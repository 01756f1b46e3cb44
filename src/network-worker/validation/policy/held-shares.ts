/**
 * Who brought what waits, and how much of the room each takes. In: messages that begin and end to wait. Out: whose goes
 * when there is no room.
 */
import type { MsgIdStr, PeerIdStr } from '../../../shared/ids.ts'

export interface HeldBounds {
  readonly maxMessages: number
  readonly maxBytes: number
}

export interface Owned {
  readonly msgId: MsgIdStr
  readonly sizeBytes: number
  readonly network: string
  readonly peerId: PeerIdStr
}

interface Share {
  messages: number
  bytes: number
}

interface PeerShare extends Share {
  /** The oldest first. */
  readonly msgIds: Set<MsgIdStr>
}

interface NetworkShare extends Share {
  readonly peers: Map<PeerIdStr, PeerShare>
}

export class HeldShares {
  readonly #bounds: HeldBounds
  readonly #networks = new Map<string, NetworkShare>()
  readonly #all: Share = { messages: 0, bytes: 0 }

  constructor(bounds: HeldBounds) {
    this.#bounds = bounds
  }

  get bytes(): number {
    return this.#all.bytes
  }

  get isTooMuch(): boolean {
    const { messages, bytes } = this.#all
    return messages > this.#bounds.maxMessages || bytes > this.#bounds.maxBytes
  }

  add({ msgId, sizeBytes, network, peerId }: Owned): void {
    const ofNetwork = this.#networks.get(network) ?? { messages: 0, bytes: 0, peers: new Map() }
    const ofPeer = ofNetwork.peers.get(peerId) ?? { messages: 0, bytes: 0, msgIds: new Set() }
    this.#networks.set(network, ofNetwork)
    ofNetwork.peers.set(peerId, ofPeer)
    ofPeer.msgIds.add(msgId)
    for (const share of [this.#all, ofNetwork, ofPeer]) count(share, 1, sizeBytes)
  }

  remove({ msgId, sizeBytes, network, peerId }: Owned): void {
    const ofNetwork = this.#networks.get(network)
    const ofPeer = ofNetwork?.peers.get(peerId)
    if (ofNetwork === undefined || ofPeer?.msgIds.delete(msgId) !== true) return
    for (const share of [this.#all, ofNetwork, ofPeer]) count(share, -1, -sizeBytes)
    if (ofPeer.messages === 0) ofNetwork.peers.delete(peerId)
    if (ofNetwork.messages === 0) this.#networks.delete(network)
  }

  /**
   * The oldest message of the peer that takes most in the network that takes most: neither many small messages nor many
   * peers of one network push out what others brought.
   */
  oldestOfGreediest(): MsgIdStr | undefined {
    const network = this.#greediest(this.#networks.values())
    const peer = network === undefined ? undefined : this.#greediest(network.peers.values())
    const [msgId] = peer?.msgIds ?? []
    return msgId
  }

  #greediest<One extends Share>(shares: Iterable<One>): One | undefined {
    let greediest: One | undefined
    for (const share of shares)
      if (greediest === undefined || this.#load(share) > this.#load(greediest)) greediest = share
    return greediest
  }

  /** How much of the room it takes, in messages and in bytes. */
  #load({ messages, bytes }: Share): number {
    return messages / this.#bounds.maxMessages + bytes / this.#bounds.maxBytes
  }
}

function count(share: Share, messages: number, bytes: number): void {
  share.messages += messages
  share.bytes += bytes
}
