import { type Request, Router } from 'express'
import type { PeerIdStr, TopicStr } from '../../shared/ids.ts'
import { AS_IT_IS } from '../json-answer.ts'
import { noBody } from '../json-body.ts'
import { refuseOtherMethods } from '../method-guard.ts'
import type { DirectControl } from '../operator.ts'
import { parsePeerId, parseTopicParam } from '../schemas/params.ts'

/** The link a path names. The router has decoded its parts once. @throws BAD_TOPIC, BAD_PEER_ID */
function meshLink({ params }: Request): { readonly topic: TopicStr; readonly peerId: PeerIdStr } {
  return { topic: parseTopicParam(params['topic']), peerId: parsePeerId(params['peer_id']) }
}

/** `/mesh`: every topic we are subscribed to and the peers in its mesh; `/mesh/{topic}/{peer_id}`: GRAFT and PRUNE by hand. */
export function meshRoutes(control: DirectControl): Router {
  const router = Router({ caseSensitive: true })
  router
    .route('/mesh')
    .get(async (_request, response) => void AS_IT_IS.send(response, await control.listMesh()))
    .all(refuseOtherMethods('GET', 'HEAD'))
  router
    .route('/mesh/:topic/:peer_id')
    .post(...noBody(), async (request, response) => {
      const { topic, peerId } = meshLink(request)
      const { action, warning } = await control.graft(topic, peerId)
      response.json({ status: 'ok', topic, peer_id: peerId, action, ...(warning === undefined ? {} : { warning }) })
    })
    .delete(...noBody(), async (request, response) => {
      const { topic, peerId } = meshLink(request)
      const { action } = await control.prune(topic, peerId)
      response.json({ status: 'ok', topic, peer_id: peerId, action })
    })
    .all(refuseOtherMethods('POST', 'DELETE'))
  return router
}
