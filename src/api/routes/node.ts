import { Router } from 'express'
import type { Client } from '../../rpc/client-type.ts'
import type { Control } from '../../rpc/contract.ts'
import { refuseOtherMethods } from '../method-guard.ts'

/** `GET /node/info`: identity and addresses of this node. */
export function nodeRoutes(control: Client<Control>): Router {
  const router = Router({ caseSensitive: true })
  router
    .route('/node/info')
    .get(async (_request, response) => void response.json(await control.getNodeInfo()))
    .all(refuseOtherMethods('GET', 'HEAD'))
  return router
}
