import { Router } from 'express'
import { AS_IT_IS } from '../json-answer.ts'
import { noBody } from '../json-body.ts'
import { refuseOtherMethods } from '../method-guard.ts'
import type { Operator } from '../operator.ts'
import { parsePeerId } from '../schemas/params.ts'

/** `/peers/banned` and `/peers/{peer_id}/ban`: who is kept out, by an operator or by score; banning and unbanning. */
export function bannedPeerRoutes(operator: Operator): Router {
  const router = Router({ caseSensitive: true })
  router
    .route('/peers/banned')
    .get(async (_request, response) => void AS_IT_IS.send(response, await operator.listBannedPeers()))
    .all(refuseOtherMethods('GET', 'HEAD'))
  router
    .route('/peers/:peer_id/ban')
    .post(...noBody(), async (request, response) => {
      const peerId = parsePeerId(request.params['peer_id'])
      await operator.banPeer(peerId)
      response.json({ status: 'ok', peer_id: peerId, action: 'banned' })
    })
    .delete(...noBody(), async (request, response) => {
      const peerId = parsePeerId(request.params['peer_id'])
      await operator.unbanPeer(peerId)
      response.json({ status: 'ok', peer_id: peerId, action: 'unbanned' })
    })
    .all(refuseOtherMethods('POST', 'DELETE'))
  return router
}
