import { Router } from 'express'
import { AS_IT_IS } from '../json-answer.ts'
import { refuseOtherMethods } from '../method-guard.ts'
import type { DirectControl } from '../operator.ts'

/** `/stats/first-block-sender`: who sent us how many blocks first; `/stats/arrivals`: how the last blocks came. */
export function statsRoutes(control: DirectControl): Router {
  const router = Router({ caseSensitive: true })
  router
    .route('/stats/first-block-sender')
    .get(async (_request, response) => void AS_IT_IS.send(response, await control.listFirstBlockSenders()))
    .all(refuseOtherMethods('GET', 'HEAD'))
  router
    .route('/stats/arrivals')
    .get(async (_request, response) => void AS_IT_IS.send(response, await control.listArrivals()))
    .all(refuseOtherMethods('GET', 'HEAD'))
  return router
}
