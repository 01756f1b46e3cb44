import { parseTopic } from '../../consensus/topic.ts'
import type { GraftView, PruneView } from '../../rpc/mesh-views.ts'
import { RelayError } from '../../shared/errors.ts'
import type { PeerIdStr, TopicStr } from '../../shared/ids.ts'
import type { GraftRefusal } from '../gossip/router/mesh-router.ts'
import type { RelayRouter } from '../gossip/router/relay-router.ts'
import { parsePeerId } from '../peers/dialling/dial-target.ts'
import type { PeerRegistry } from '../peers/peer-registry.ts'

export interface MeshControlDeps {
  readonly router: RelayRouter
  readonly registry: PeerRegistry
}

/** GRAFT and PRUNE by hand, with the answers of spec/relay-http-api.md, "Mesh APIs". */
export class MeshControl {
  readonly #deps: MeshControlDeps

  constructor(deps: MeshControlDeps) {
    this.#deps = deps
  }

  /**
   * Makes a link. The reply says what we did; a peer that refuses answers with a PRUNE, which the log shows.
   * @throws BAD_TOPIC, BAD_PEER_ID, TOPIC_NOT_SUBSCRIBED, PEER_NOT_CONNECTED, PEER_NOT_SUBSCRIBED, PEER_IN_BACKOFF, PEER_EXPLICIT
   */
  graft(topicText: string, peerText: string): GraftView {
    const { router, registry } = this.#deps
    const peerId = parsePeerId(peerText)
    const mesh = this.#meshOf(topicText)
    if (registry.get(peerId)?.state !== 'connected') throw refusalError({ why: 'no_stream' })
    if (mesh.has(peerId)) {
      router.holdByHand(peerId, topicText)
      return { action: 'already_in_mesh' }
    }
    const refusal = router.graftRefusal(peerId, topicText)
    if (refusal !== undefined) throw refusalError(refusal)
    router.graftByHand(peerId, topicText)
    const warning = this.#warning(peerId, mesh.size)
    return warning === undefined ? { action: 'grafted' } : { action: 'grafted', warning }
  }

  /**
   * Cuts a link, with the normal backoff, so that the next heartbeat does not make it again.
   * @throws BAD_TOPIC, BAD_PEER_ID, TOPIC_NOT_SUBSCRIBED
   */
  async prune(topicText: string, peerText: string): Promise<PruneView> {
    const peerId = parsePeerId(peerText)
    this.#meshOf(topicText)
    const wasCut = await this.#deps.router.cutLink(peerId, topicText, 'manual')
    return { action: wasCut ? 'pruned' : 'not_in_mesh' }
  }

  #meshOf(topic: TopicStr): ReadonlySet<PeerIdStr> {
    if (parseTopic(topic) === undefined) throw new RelayError('BAD_TOPIC', 'invalid topic')
    const mesh = this.#deps.router.mesh.get(topic)
    if (mesh === undefined) throw new RelayError('TOPIC_NOT_SUBSCRIBED', 'not subscribed to topic')
    return mesh
  }

  #warning(peerId: PeerIdStr, meshSize: number): string | undefined {
    const { router } = this.#deps
    if (router.score.score(peerId) < 0) return 'the peer has a negative score: the next heartbeat prunes it'
    if (meshSize > router.opts.Dhi) return 'the mesh is above mesh_n_high: the next heartbeat prunes it down'
    return undefined
  }
}

function refusalError(refusal: GraftRefusal): RelayError {
  switch (refusal.why) {
    case 'explicit':
      return new RelayError('PEER_EXPLICIT', 'peer is explicit')
    case 'no_stream':
      return new RelayError('PEER_NOT_CONNECTED', 'peer not connected')
    case 'not_subscribed':
      return new RelayError('PEER_NOT_SUBSCRIBED', 'peer not subscribed to topic')
    case 'backoff':
      return new RelayError('PEER_IN_BACKOFF', 'peer in backoff', { retry_after_ms: Math.ceil(refusal.leftMs) })
  }
}
