/**
 * Counts what upstream sends, receives and keeps. Upstream's own instruments look a label up and make an object for
 * each event of each message; these are additions where the event passes anyway, and the rest is read when asked.
 */
import type { RPC } from '@chainsafe/libp2p-gossipsub/message'
import type { PeerId } from '@libp2p/interface'
import type { GossipWireView } from '../../../rpc/metrics-view.ts'
import type { PeerIdStr } from '../../../shared/ids.ts'
import { peersByBand } from '../score/score-bands.ts'
import { TopicNames } from '../topics/topic-names.ts'
import { varintLength } from '../wire/length-prefix.ts'
import { decodeRpc, withOurIds } from '../wire/rpc-decoder.ts'
import { WireCounts } from '../wire/wire-counts.ts'
import { CountedStreams } from './counted-streams.ts'
import type { RouterComponents, RouterOptions } from './gossipsub-internals.ts'
import { ScoredRouter, type ScoredRouterDeps } from './scored-router.ts'

export class CountedRouter extends ScoredRouter {
  /** Names of the topics that we are in, so that reading one costs no string. */
  protected readonly topicNames = new TopicNames()
  protected readonly wireCounts = new WireCounts()

  constructor(components: RouterComponents, options: RouterOptions, deps: ScoredRouterDeps) {
    super(components, options, deps)
    this.streamsOutbound = new CountedStreams(this.wireCounts)
    this.#countBrokenPromises()
  }

  /** By our own reader, or upstream's. @throws as upstream's does */
  override decodeRpc(bytes: Uint8Array): RPC {
    this.wireCounts.receivedFrame(varintLength(bytes.length) + bytes.length)
    if (!this.isStock) return decodeRpc(bytes, this.topicNames)
    const rpc = super.decodeRpc(bytes)
    return rpc.control === undefined ? rpc : { ...rpc, control: withOurIds(rpc.control) }
  }

  /** Counts what came, whether or not upstream will listen to its sender. */
  override handleReceivedRpc(from: PeerId, rpc: RPC): Promise<void> {
    if (rpc.control !== undefined) this.wireCounts.receivedControl(rpc.control)
    return super.handleReceivedRpc(from, rpc)
  }

  /** Upstream adds to the RPC what waits for the peer, and sends messages this way only to those who asked for them. */
  override sendRpc(peerId: PeerIdStr, rpc: RPC): boolean {
    const isSent = super.sendRpc(peerId, rpc)
    if (!isSent) return false
    this.wireCounts.iwantAnswers += rpc.messages.length
    if (rpc.control !== undefined) this.wireCounts.sentControl(rpc.control, 1)
    return true
  }

  /** Upstream takes whom it could not send to off the set. */
  override sendRpcInBatch(peers: Set<PeerIdStr>, rpc: RPC): void {
    super.sendRpcInBatch(peers, rpc)
    if (rpc.control !== undefined) this.wireCounts.sentControl(rpc.control, peers.size)
  }

  /** Bytes of copies that wait for the uplink. */
  protected get uplinkWaitingBytes(): number {
    return 0
  }

  /** All of it now. Reads every peer's score, which upstream has at hand for a heartbeat. */
  wireView(): GossipWireView {
    return {
      ...this.wireCounts.view(),
      uplinkWaitingBytes: this.uplinkWaitingBytes,
      cacheEntries: this.#cacheEntries(),
      peersByBand: peersByBand(this.peers.keys(), (peerId) => this.score.score(peerId)),
    }
  }

  #cacheEntries(): GossipWireView['cacheEntries'] {
    return {
      message: this.mcache.msgs.size,
      seen_id: this.seenCache.size,
      fast_id: this.fastMsgIdCache.size,
      peer: this.peers.size,
      stream: this.streamsOutbound.size,
      topic: this.topics.size,
      backoff: sizes(this.backoff),
      idontwant: sizes(this.idontwants),
      promise: this.gossipTracer.promises.size,
      score: this.score.peerStats.size,
    }
  }

  /** Upstream asks once a heartbeat, to punish those who broke them. */
  #countBrokenPromises(): void {
    const { gossipTracer } = this
    const getBrokenPromises = gossipTracer.getBrokenPromises.bind(gossipTracer)
    gossipTracer.getBrokenPromises = () => {
      const broken = getBrokenPromises()
      for (const count of broken.values()) this.wireCounts.brokenPromises += count
      return broken
    }
  }
}

function sizes(maps: ReadonlyMap<string, ReadonlyMap<string, unknown>>): number {
  let entries = 0
  for (const { size } of maps.values()) entries += size
  return entries
}
