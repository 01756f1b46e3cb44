import { Router } from 'express'
import { refuseOtherMethods } from '../method-guard.ts'
import type { DirectControl } from '../operator.ts'

/** `/discovery/stats`: what discovery does and holds; `/discovery/peers`: everyone it ever found. */
export function discoveryRoutes(control: DirectControl): Router {
  const router = Router({ caseSensitive: true })
  router
    .route('/discovery/stats')
    .get(async (_request, response) => void response.json(await control.getDiscoveryStats()))
    .all(refuseOtherMethods('GET', 'HEAD'))
  router
    .route('/discovery/peers')
    .get(async (_request, response) => void response.json(await control.listDiscoveredPeers()))
    .all(refuseOtherMethods('GET', 'HEAD'))
  return router
}
