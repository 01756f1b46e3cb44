import type { ReadMetrics } from '../../api/routes/metrics.ts'
import { startMetricsServer } from '../../api/server.ts'
import type { RelayConfig } from '../../config/schema.ts'
import type { Logger } from '../../shared/logger.ts'
import { ThreadLoad } from '../../shared/thread-load.ts'
import { MetricsPage, type MetricsPageDeps } from './metrics-page.ts'

export interface MetricsService {
  /** For the API to serve; undefined where metrics are off, or have a port of their own. */
  readonly readOnApi: ReadMetrics | undefined
  /** Of the port of their own, if they have one. */
  readonly url: string | undefined
  stop(): Promise<void>
}

type MetricsConfig = Pick<RelayConfig, 'metrics' | 'metricsPort' | 'apiAddress' | 'apiToken'>

/**
 * The metrics where the configuration wants them; a port of their own listens when this resolves.
 * @throws LISTEN_FAILED
 */
export async function openMetrics(
  { metrics, metricsPort, apiAddress, apiToken }: MetricsConfig,
  control: MetricsPageDeps['control'],
  log: Logger,
  beaconNode?: MetricsPageDeps['beaconNode'],
): Promise<MetricsService> {
  if (!metrics) return { readOnApi: undefined, url: undefined, stop: () => Promise.resolve() }
  const load = new ThreadLoad()
  const page = new MetricsPage({ control, load, ...(beaconNode === undefined ? {} : { beaconNode }) })
  const readMetrics: ReadMetrics = () => page.read()
  const listener =
    metricsPort === undefined
      ? undefined
      : await startMetricsServer({ address: apiAddress, port: metricsPort, token: apiToken, log, readMetrics })
  load.start()
  return {
    readOnApi: listener === undefined ? readMetrics : undefined,
    url: listener?.url,
    stop: async () => {
      load.stop()
      await listener?.stop()
    },
  }
}
