import { Router } from 'express'
import { refuseOtherMethods } from '../method-guard.ts'

/** All metrics in Prometheus' text format. */
export type ReadMetrics = () => Promise<string>

/** Prometheus' text format (prometheus.io, "Exposition formats"). */
export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

/** `/metrics`, for Prometheus. */
export function metricsRoutes(readMetrics: ReadMetrics): Router {
  const router = Router({ caseSensitive: true })
  router
    .route('/metrics')
    .get(async (_request, response) => void response.type(METRICS_TYPE).send(await readMetrics()))
    .all(refuseOtherMethods('GET', 'HEAD'))
  return router
}
