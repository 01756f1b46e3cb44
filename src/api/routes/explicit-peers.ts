import { Router } from 'express'
import { AS_IT_IS } from '../json-answer.ts'
import { noBody } from '../json-body.ts'
import { refuseOtherMethods } from '../method-guard.ts'
import type { DirectControl, Operator } from '../operator.ts'
import { parsePeerId } from '../schemas/params.ts'

/** `/mesh/explicit` and `/mesh/explicit/{peer_id}`: peers that every message is forwarded to, kept over restarts. */
export function explicitPeerRoutes(control: DirectControl, operator: Operator): Router {
  const router = Router({ caseSensitive: true })
  router
    .route('/mesh/explicit')
    .get(async (_request, response) => void AS_IT_IS.send(response, await control.listExplicitPeers()))
    .all(refuseOtherMethods('GET', 'HEAD'))
  router
    .route('/mesh/explicit/:peer_id')
    .post(...noBody(), async (request, response) => {
      const peerId = parsePeerId(request.params['peer_id'])
      await operator.addExplicitPeer(peerId)
      response.json({ status: 'ok', peer_id: peerId, action: 'added_to_explicit' })
    })
    .delete(...noBody(), async (request, response) => {
      const peerId = parsePeerId(request.params['peer_id'])
      await operator.removeExplicitPeer(peerId)
      response.json({ status: 'ok', peer_id: peerId, action: 'removed_from_explicit' })
    })
    .all(refuseOtherMethods('POST', 'DELETE'))
  return router
}
