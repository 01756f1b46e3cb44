import { Router } from 'express'
import type { Client } from '../../rpc/client-type.ts'
import type { Control } from '../../rpc/contract.ts'
import { refuseOtherMethods } from '../method-guard.ts'

/** `GET /config`: the settings in force now. */
export function configRoutes(control: Client<Control>): Router {
  const router = Router({ caseSensitive: true })
  router
    .route('/config')
    .get(async (_request, response) => void response.json(await control.getConfig()))
    .all(refuseOtherMethods('GET', 'HEAD'))
  return router
}
