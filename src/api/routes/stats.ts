import { Router } from 'express'
import { refuseOtherMethods } from '../method-guard.ts'
import type { DirectControl } from '../operator.ts'

/** `/stats/first-block-sender`: who sent us how many blocks first; `/stats/arrivals`: how the last blocks came. */
export function statsRoutes(control: DirectControl): Router {
  const router = Router({ caseSensitive: true })
  router
    .route('/stats/first-block-sender')
    .get(async (_request, response) => void response.json(await control.listFirstBlockSenders()))
    .all(refuseOtherMethods('GET', 'HEAD'))
  router
    .route('/stats/arrivals')
    .get(async (_request, response) => void response.json(await control.listArrivals()))
    .all(refuseOtherMethods('GET', 'HEAD'))
  return router
}
