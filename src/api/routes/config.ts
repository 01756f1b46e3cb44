import { Router } from 'express'
import { AS_IT_IS } from '../json-answer.ts'
import { jsonBody } from '../json-body.ts'
import { refuseOtherMethods } from '../method-guard.ts'
import type { DirectControl, Operator } from '../operator.ts'
import { parseConfigPatch } from '../schemas/config-patch.ts'

/** `/config`: the settings in force now, and changing any of them, all or nothing. */
export function configRoutes(control: DirectControl, operator: Operator): Router {
  const router = Router({ caseSensitive: true })
  router
    .route('/config')
    .get(async (_request, response) => void AS_IT_IS.send(response, await control.getConfig()))
    .patch(...jsonBody(), async (request, response) => {
      const view = await operator.patchConfig(parseConfigPatch(request.body))
      response.json({
        status: 'ok',
        target_peers: view.target_peers,
        max_latency_ms: view.max_latency_ms,
        network_load: view.network_load,
        heartbeat_interval_ms: view.heartbeat_interval_ms,
        discovery_interval_ms: view.discovery_interval_ms,
        active_validators: view.active_validators,
      })
    })
    .all(refuseOtherMethods('GET', 'HEAD', 'PATCH'))
  return router
}
