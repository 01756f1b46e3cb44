import { Router } from 'express'
import type { Client } from '../../rpc/client-type.ts'
import type { Control } from '../../rpc/contract.ts'
import { refuseOtherMethods } from '../method-guard.ts'

/** `GET /mesh`: every topic we are subscribed to and the peers in its mesh. */
export function meshRoutes(control: Client<Control>): Router {
  const router = Router({ caseSensitive: true })
  router
    .route('/mesh')
    .get(async (_request, response) => void response.json(await control.listMesh()))
    .all(refuseOtherMethods('GET', 'HEAD'))
  return router
}
