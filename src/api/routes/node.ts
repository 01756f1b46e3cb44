import { Router } from 'express'
import { refuseOtherMethods } from '../method-guard.ts'
import type { DirectControl } from '../operator.ts'

/** `GET /node/info`: identity and addresses of this node. */
export function nodeRoutes(control: DirectControl): Router {
  const router = Router({ caseSensitive: true })
  router
    .route('/node/info')
    .get(async (_request, response) => void response.json(await control.getNodeInfo()))
    .all(refuseOtherMethods('GET', 'HEAD'))
  return router
}
