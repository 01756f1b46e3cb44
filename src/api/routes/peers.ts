import { Router } from 'express'
import { AS_IT_IS } from '../json-answer.ts'
import { jsonBody, noBody } from '../json-body.ts'
import { refuseOtherMethods } from '../method-guard.ts'
import type { DirectControl } from '../operator.ts'
import { parseDialTarget } from '../schemas/dial-target.ts'
import { parsePeerId } from '../schemas/params.ts'

/** `/peers` and `/peers/{peer_id}`: who is connected, dialling once, disconnecting. */
export function peerRoutes(control: DirectControl): Router {
  const router = Router({ caseSensitive: true })
  router
    .route('/peers')
    .get(async (_request, response) => void AS_IT_IS.send(response, await control.listPeers()))
    .post(...jsonBody(), async (request, response) => {
      const target = parseDialTarget(request.body)
      const { action } = await control.connectPeer(target)
      response.json({ status: 'ok', ...target, action })
    })
    .all(refuseOtherMethods('GET', 'HEAD', 'POST'))
  router
    .route('/peers/:peer_id')
    .get(async (request, response) => {
      AS_IT_IS.send(response, await control.getPeer(parsePeerId(request.params['peer_id'])))
    })
    .delete(...noBody(), async (request, response) => {
      const peerId = parsePeerId(request.params['peer_id'])
      await control.disconnectPeer(peerId)
      response.json({ status: 'ok', peer_id: peerId, action: 'disconnected' })
    })
    .all(refuseOtherMethods('GET', 'HEAD', 'DELETE'))
  return router
}
