import { Router } from 'express'
import { AS_IT_IS } from '../json-answer.ts'
import { refuseOtherMethods } from '../method-guard.ts'
import type { DirectControl } from '../operator.ts'

/** `GET /node/info`: identity and addresses of this node. */
export function nodeRoutes(control: DirectControl): Router {
  const router = Router({ caseSensitive: true })
  router
    .route('/node/info')
    .get(async (_request, response) => void AS_IT_IS.send(response, await control.getNodeInfo()))
    .all(refuseOtherMethods('GET', 'HEAD'))
  return router
}
