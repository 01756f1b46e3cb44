import { Router } from 'express'
import type { HealthView } from '../../rpc/node-views.ts'
import { JsonAnswer } from '../json-answer.ts'
import { refuseOtherMethods } from '../method-guard.ts'
import type { DirectControl } from '../operator.ts'
import { parseSyncingStatus } from '../schemas/params.ts'

/**
 * Slots that the newest block may lie behind the wall slot. The wall slot's own block is not there when the slot
 * begins, and one proposer may have missed: with the last two slots without a block, something is wrong.
 */
const MAX_SYNC_DISTANCE_SLOTS = 2

/** 503 before the node listens, `syncingStatus` while it has no block mesh or no recent block, else 200. */
export function healthStatus(view: HealthView, syncingStatus: number): number {
  if (!view.listening) return 503
  return view.blockMeshPeers > 0 && view.syncDistance <= MAX_SYNC_DISTANCE_SLOTS ? 200 : syncingStatus
}

/**
 * `GET /eth/v1/node/health` of the standard node API. The standard has status codes only; the body, with the distance
 * as a JSON number, is for dashboards that parse the reply whatever the status.
 */
export function healthRoutes(control: DirectControl): Router {
  const router = Router({ caseSensitive: true })
  const answer = new JsonAnswer<HealthView>(({ syncDistance }) => ({ data: { sync_distance: syncDistance } }))
  router
    .route('/eth/v1/node/health')
    .get(async (request, response) => {
      const syncingStatus = parseSyncingStatus(request.query['syncing_status']) ?? 206
      const view = await control.getHealth()
      const status = healthStatus(view, syncingStatus)
      // A client takes 1xx for a prelude and waits for more: closing tells it that there is none.
      if (status < 200) response.setHeader('Connection', 'close')
      response.statusCode = status
      answer.send(response, view)
    })
    .all(refuseOtherMethods('GET', 'HEAD'))
  return router
}
