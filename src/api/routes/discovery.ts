import { Router } from 'express'
import { AS_IT_IS } from '../json-answer.ts'
import { refuseOtherMethods } from '../method-guard.ts'
import type { DirectControl } from '../operator.ts'

/** `/discovery/stats`: what discovery does and holds; `/discovery/peers`: everyone it ever found. */
export function discoveryRoutes(control: DirectControl): Router {
  const router = Router({ caseSensitive: true })
  router
    .route('/discovery/stats')
    .get(async (_request, response) => void AS_IT_IS.send(response, await control.getDiscoveryStats()))
    .all(refuseOtherMethods('GET', 'HEAD'))
  router
    .route('/discovery/peers')
    .get(async (_request, response) => void AS_IT_IS.send(response, await control.listDiscoveredPeers()))
    .all(refuseOtherMethods('GET', 'HEAD'))
  return router
}
