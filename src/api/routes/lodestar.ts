/** Operator routes under the names and in the shapes of Lodestar's, so that its tools work here. Names are snake_case. */
import { Router } from 'express'
import type { NodePeerView } from '../../rpc/peer-views.ts'
import { requireJsonAccepted } from '../accept-json.ts'
import { JsonAnswer } from '../json-answer.ts'
import { noBody } from '../json-body.ts'
import { refuseOtherMethods } from '../method-guard.ts'
import type { DirectControl, Operator } from '../operator.ts'
import { PeerListAnswer } from '../peer-list-answer.ts'
import { parseDialQuery, parsePeerQuery } from '../schemas/dial-query.ts'
import { parsePeerFilter } from '../schemas/peer-filter.ts'
import { aboutPeer, parsePeerIdQuery } from '../schemas/standard-peer-id.ts'

/** Lodestar's word for an agent that never said its name: the member is always there. */
const NO_AGENT = 'NA'

function lodestarPeer(peer: NodePeerView): NodePeerView {
  return { ...peer, agent_version: peer.agent_version ?? NO_AGENT }
}

function readRoutes(router: Router, control: DirectControl): void {
  const peers = new PeerListAnswer(lodestarPeer)
  const scores = new JsonAnswer<object>((data) => ({ data }))
  router
    .route('/eth/v1/lodestar/peers')
    .get(requireJsonAccepted(), async (request, response) => {
      const filter = parsePeerFilter(request.query)
      peers.send(response, await control.listNodePeers(), filter)
    })
    .all(refuseOtherMethods('GET', 'HEAD'))
  router
    .route('/eth/v1/lodestar/lodestar_peer_score_stats')
    .get(requireJsonAccepted(), async (_request, response) => {
      scores.send(response, await control.listPeerScoreStats())
    })
    .all(refuseOtherMethods('GET', 'HEAD'))
  router
    .route('/eth/v1/lodestar/gossip_peer_score_stats')
    .get(requireJsonAccepted(), async (_request, response) => {
      scores.send(response, await control.listGossipScoreStats())
    })
    .all(refuseOtherMethods('GET', 'HEAD'))
}

/** Both answer 200 without a body. */
function connectionRoutes(router: Router, control: DirectControl): void {
  router
    .route('/eth/v1/lodestar/connect_peer')
    .post(...noBody(), async (request, response) => {
      await control.connectPeer({ multiaddrs: parseDialQuery(request.query) })
      response.status(200).end()
    })
    .all(refuseOtherMethods('POST'))
  router
    .route('/eth/v1/lodestar/disconnect_peer')
    .post(...noBody(), async (request, response) => {
      const peerId = parsePeerIdQuery(request.query['peerId'])
      await aboutPeer(peerId, (id) => control.disconnectPeer(id))
      response.status(200).end()
    })
    .all(refuseOtherMethods('POST'))
}

/** Lodestar's direct peers are our explicit ones: the list is that of `/mesh/explicit`. */
function directPeerRoutes(router: Router, control: DirectControl, operator: Operator): void {
  const directPeers = async (): Promise<readonly string[]> =>
    (await control.listExplicitPeers()).map(({ peer_id }) => peer_id)
  router
    .route('/eth/v1/lodestar/direct_peers')
    .get(requireJsonAccepted(), async (_request, response) => void response.json({ data: await directPeers() }))
    .post(...noBody(), async (request, response) => {
      const { peerId, addresses } = await control.resolvePeer(parsePeerQuery(request.query['peer']))
      await operator.addExplicitPeer(peerId, addresses)
      response.json({ data: { peer_id: peerId } })
    })
    .delete(...noBody(), async (request, response) => {
      const peerId = parsePeerIdQuery(request.query['peerId'])
      const removed = (await directPeers()).includes(peerId)
      await aboutPeer(peerId, (id) => operator.removeExplicitPeer(id))
      response.json({ data: { removed } })
    })
    .all(refuseOtherMethods('GET', 'HEAD', 'POST', 'DELETE'))
}

/** `/eth/v1/lodestar/…`: scores and their causes, connecting and disconnecting by hand, direct peers. */
export function lodestarRoutes(control: DirectControl, operator: Operator): Router {
  const router = Router({ caseSensitive: true })
  readRoutes(router, control)
  connectionRoutes(router, control)
  directPeerRoutes(router, control, operator)
  return router
}
