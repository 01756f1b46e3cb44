import { Router } from 'express'
import { AS_IT_IS } from '../json-answer.ts'
import { jsonBody, noBody } from '../json-body.ts'
import { refuseOtherMethods } from '../method-guard.ts'
import type { DirectControl, Operator } from '../operator.ts'
import { parseDialTarget } from '../schemas/dial-target.ts'
import { parsePeerId } from '../schemas/params.ts'

/** `/peers/trusted` and `/peers/trusted/{peer_id}`: peers that are kept connected, whatever their score. */
export function trustedPeerRoutes(control: DirectControl, operator: Operator): Router {
  const router = Router({ caseSensitive: true })
  router
    .route('/peers/trusted')
    .get(async (_request, response) => void AS_IT_IS.send(response, await control.listTrustedPeers()))
    .post(...jsonBody(), async (request, response) => {
      const target = parseDialTarget(request.body)
      await operator.trustPeer(target)
      response.json({ status: 'ok', ...target, action: 'added' })
    })
    .all(refuseOtherMethods('GET', 'HEAD', 'POST'))
  router
    .route('/peers/trusted/:peer_id')
    .post(...noBody(), async (request, response) => {
      const peerId = parsePeerId(request.params['peer_id'])
      await operator.trustConnectedPeer(peerId)
      response.json({ status: 'ok', peer_id: peerId, action: 'added' })
    })
    .delete(...noBody(), async (request, response) => {
      const peerId = parsePeerId(request.params['peer_id'])
      await operator.untrustPeer(peerId)
      response.json({ status: 'ok', peer_id: peerId, action: 'removed' })
    })
    .all(refuseOtherMethods('POST', 'DELETE'))
  return router
}
