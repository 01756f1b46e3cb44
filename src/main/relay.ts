/**
 * The main thread's composition root: what is kept over restarts, API, network worker and what listens to it. The API
 * comes up before the worker, so that a health check gets its 503 while that starts, and a data directory or a port that
 * is taken is found before the network is touched.
 */
import { type ApiServer, startApi } from '../api/server.ts'
import type { RelayConfig } from '../config/schema.ts'
import type { NodeInfoView } from '../rpc/node-views.ts'
import type { PulseEvent } from '../rpc/pulse-event.ts'
import { stopAll } from '../shared/lifecycle.ts'
import { createLogger, type Logger } from '../shared/logger.ts'
import { siblingUrl } from '../shared/worker-url.ts'
import { BeaconLink, type BeaconLinkView } from './beacon-link.ts'
import { chainFacts } from './chain-facts.ts'
import { EventHub } from './event-hub.ts'
import { type KeptState, openKeptState } from './kept/kept-state.ts'
import { MeshHistory } from './mesh-history.ts'
import { type MetricsService, openMetrics } from './metrics/metrics-service.ts'
import { RelayOperator } from './operator/operator.ts'
import { createPulseLog } from './pulse.ts'
import { type SupervisorOptions, WorkerSupervisor } from './worker-supervisor.ts'

/** Open requests are cut after this. All three together are below the 10 s that a stop may take. */
const API_STOP_DEADLINE_MS = 1_300
/** Above the bound that the supervisor itself keeps, which names the cause better. */
const WORKER_STOP_DEADLINE_MS = 8_000
/** Every change has failed or ended by then, since the worker is gone. */
const KEPT_STATE_STOP_DEADLINE_MS = 500

export interface RelayOptions {
  /** The network worker's entry file; default the real one. */
  readonly workerUrl?: URL
  /** Default a logger made from the configuration. */
  readonly log?: Logger
  /** Aborted while the relay starts: what was started is stopped and `startRelay` rejects. */
  readonly signal?: AbortSignal
  /** Called with each pulse of the network worker, once a slot. */
  readonly onPulse?: (pulse: PulseEvent) => void
}

export interface Relay {
  readonly apiUrl: string
  /** Resolves with the reason when the network worker dies. The API then answers 503 until `stop()`. */
  readonly failed: Promise<Error>
  /** Stops the API, then leaves the network. Idempotent. @throws AggregateError with what did not stop in time */
  stop(): Promise<void>
}

function logStart(log: Logger, info: NodeInfoView, { api, metrics }: RelayParts): void {
  const { peer_id, enr, p2p_addresses } = info
  const urls = { api: api.url, ...(metrics.url === undefined ? {} : { metrics: metrics.url }) }
  log.info({ peer_id, enr, addresses: p2p_addresses, ...urls }, 'relay started')
}

interface OpenOptions extends RelayOptions, Pick<SupervisorOptions, 'onFailure'> {
  readonly onListening: (info: NodeInfoView) => void
}

interface RelayParts {
  readonly kept: KeptState
  readonly operator: RelayOperator
  readonly supervisor: WorkerSupervisor
  readonly beacon: BeaconLink
  readonly events: EventHub
  readonly metrics: MetricsService
  readonly api: ApiServer
}

async function closeKeptState(kept: KeptState, operator: RelayOperator): Promise<void> {
  await operator.close()
  kept.close()
}

async function stopListening({ beacon, events, metrics, api }: RelayParts): Promise<void> {
  events.close() // streams would else be waited for
  await Promise.all([beacon.stop(), metrics.stop(), api.stop()])
}

async function stopParts(parts: RelayParts): Promise<void> {
  const { kept, operator, supervisor } = parts
  const steps = [
    { name: 'database', deadlineMs: KEPT_STATE_STOP_DEADLINE_MS, stop: () => closeKeptState(kept, operator) },
    { name: 'network worker', deadlineMs: WORKER_STOP_DEADLINE_MS, stop: () => supervisor.stop() },
    { name: 'API', deadlineMs: API_STOP_DEADLINE_MS, stop: () => stopListening(parts) },
  ]
  const failures = await stopAll(steps)
  if (failures.length === 0) return
  throw new AggregateError(
    failures.map(({ error }) => error),
    failures.map(({ name, error }) => `${name}: ${error.message}`).join('; '),
  )
}

interface SupervisorParts {
  readonly kept: KeptState
  readonly events: EventHub
}

function createSupervisor(
  config: RelayConfig,
  { kept, events }: SupervisorParts,
  log: Logger,
  options: OpenOptions,
): WorkerSupervisor {
  const logPulse = createPulseLog(log)
  const meshHistory = new MeshHistory()
  const { scoreBans, firstBlocks, discovery } = kept.journals
  return new WorkerSupervisor({
    url: options.workerUrl ?? siblingUrl(import.meta.url, '../network-worker/main'),
    // The network thread has no use for the secrets: the URL may hold one too.
    config: { ...config, apiToken: undefined, beaconNode: undefined },
    restored: kept.restored,
    log,
    listeners: {
      listening: ({ info }) => options.onListening(info),
      pulse: (pulse) => {
        logPulse(pulse)
        options.onPulse?.(pulse)
      },
      mesh: (event) => {
        meshHistory.push(event)
        events.takeMesh(event)
      },
      streamed: (batch) => events.take(batch),
      scoreBan: (ban) => scoreBans.banned(ban),
      scoreBanLifted: ({ peerId }) => scoreBans.lifted(peerId),
      firstBlock: ({ peerId }) => firstBlocks.received(peerId),
      peerDiscovered: ({ peerId }) => discovery.discovered(peerId),
      recordKept: (record) => discovery.kept(record),
      recordForgotten: ({ peerId }) => discovery.forgotten(peerId),
    },
    onFailure: options.onFailure,
  })
}

/** Everything but the worker is up when this resolves. */
async function openParts(config: RelayConfig, log: Logger, options: OpenOptions): Promise<RelayParts> {
  const kept = openKeptState(config, log)
  const events = new EventHub({
    control: { subscribeEvents: (topics) => supervisor.control.subscribeEvents(topics) },
  })
  const supervisor = createSupervisor(config, { kept, events }, log, options)
  const operator = new RelayOperator({ control: supervisor.control, kept, log })
  const beacon = new BeaconLink({ config, control: supervisor.control, log })
  const beaconNode = (): BeaconLinkView | undefined => beacon.view()
  let metrics: MetricsService | undefined
  try {
    metrics = await openMetrics(config, supervisor.control, log, beaconNode)
    const api = await startApi({
      control: supervisor.control,
      operator,
      events,
      chainFacts: chainFacts(config.network),
      log,
      address: config.apiAddress,
      port: config.apiPort,
      token: config.apiToken,
      corsOrigin: config.corsOrigin,
      readMetrics: metrics.readOnApi,
      beaconNode,
    })
    return { kept, operator, supervisor, beacon, events, metrics, api }
  } catch (cause) {
    await metrics?.stop()
    kept.close()
    throw cause
  }
}

/**
 * Starts a relay; resolves when its node listens and its API answers.
 * @throws what kept it from starting, after stopping what had started; AggregateError when that stop failed too
 */
export async function startRelay(config: RelayConfig, options: RelayOptions = {}): Promise<Relay> {
  const { signal } = options
  signal?.throwIfAborted()
  const log =
    options.log ?? createLogger({ level: config.logLevel, format: config.logFormat, file: config.logFile }, 'main')
  const failed = Promise.withResolvers<Error>()
  const listening = Promise.withResolvers<NodeInfoView>()
  const parts = await openParts(config, log, {
    ...options,
    onFailure: failed.resolve,
    onListening: listening.resolve,
  })
  let stopping: Promise<void> | undefined
  const stop = (): Promise<void> => (stopping ??= stopParts(parts))
  const onAbort = (): void => void stop().catch(() => undefined) // `stop` is awaited below, and reports there
  signal?.addEventListener('abort', onAbort, { once: true })
  try {
    signal?.throwIfAborted()
    await parts.supervisor.start()
    await parts.beacon.start()
    await parts.operator.trustForThisRun(config.trustedPeers)
    // Not before: who reads the line may use the API at once.
    void listening.promise.then((info) => logStart(log, info, parts))
  } catch (cause) {
    await stop().catch((err: unknown) => {
      throw new AggregateError([cause, err], `${String(cause)}; and then: ${String(err)}`)
    })
    throw cause
  } finally {
    signal?.removeEventListener('abort', onAbort)
  }
  return { apiUrl: parts.api.url, failed: failed.promise, stop }
}
