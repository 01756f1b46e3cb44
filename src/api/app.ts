/**
 * The HTTP API without its socket. A request passes, in this order: headers, log, Host check, CORS, the health check
 * (open to load balancers even when a token is set), bearer token, routes. What throws ends in problem.ts.
 */
import type { RequestListener } from 'node:http'
import express, { type Express } from 'express'
import { RelayError } from '../shared/errors.ts'
import type { Logger } from '../shared/logger.ts'
import { requireToken } from './auth.ts'
import type { ChainFacts } from './chain-facts.ts'
import { cors } from './cors.ts'
import type { EventFeed } from './event-feed.ts'
import { checkHost } from './host-check.ts'
import type { DirectControl, Operator } from './operator.ts'
import { answerProblem, problemHandler } from './problem.ts'
import { logRequests } from './request-log.ts'
import { accessRoutes } from './routes/access.ts'
import { bannedPeerRoutes } from './routes/banned-peers.ts'
import { banRoutes } from './routes/bans.ts'
import { configRoutes } from './routes/config.ts'
import { discoveryRoutes } from './routes/discovery.ts'
import { ethConfigRoutes } from './routes/eth-config.ts'
import { ethNodeRoutes, type ReadBeaconNode } from './routes/eth-node.ts'
import { eventRoutes } from './routes/events.ts'
import { explicitPeerRoutes } from './routes/explicit-peers.ts'
import { healthRoutes } from './routes/health.ts'
import { lodestarRoutes } from './routes/lodestar.ts'
import { meshRoutes } from './routes/mesh.ts'
import { metricsRoutes, type ReadMetrics } from './routes/metrics.ts'
import { nodeRoutes } from './routes/node.ts'
import { openApiRoutes } from './routes/openapi.ts'
import { peerRoutes } from './routes/peers.ts'
import { statsRoutes } from './routes/stats.ts'
import { trustedPeerRoutes } from './routes/trusted-peers.ts'
import { setSecurityHeaders } from './security-headers.ts'
import { shareReads } from './shared-reads.ts'

export interface AppDeps {
  /** The network worker, behind its port. */
  readonly control: DirectControl
  /** Changes that outlive a restart. */
  readonly operator: Operator
  /** Events as they come. */
  readonly events: EventFeed
  readonly log: Logger
  /** The address or name the API binds: a Host header may name it. */
  readonly address: string
  /** Bearer token that requests must carry; undefined asks for none. */
  readonly token: string | undefined
  /** What the network's configuration says. */
  readonly chainFacts: ChainFacts
  /** Web origins whose pages may use the API; `*` lets every page read. */
  readonly corsOrigin: readonly string[]
  /** Absent where `/metrics` is off, or has a port of its own. */
  readonly readMetrics?: ReadMetrics | undefined
  /** Absent, or answers undefined, without a beacon node. */
  readonly beaconNode?: ReadBeaconNode
}

/** Every route, with what each request passes before it. */
export function routed({ log, address, token, chainFacts, corsOrigin, events, ...deps }: AppDeps): Express {
  const { control, operator, readMetrics } = shareReads(deps)
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag') // answers are never stored, so there is nothing to compare with
  app.use(logRequests(log))
  app.use(checkHost({ address, hasToken: token !== undefined }))
  app.use(cors(corsOrigin))
  app.use(healthRoutes(control))
  app.use(requireToken(token))
  // `banned` and `trusted` stand where a peer id would, as `explicit` stands where a topic would.
  app.use(bannedPeerRoutes(operator), trustedPeerRoutes(control, operator), peerRoutes(control))
  app.use(explicitPeerRoutes(control, operator), meshRoutes(control))
  app.use(banRoutes(operator), accessRoutes(operator), nodeRoutes(control), configRoutes(control, operator))
  app.use(discoveryRoutes(control), openApiRoutes({ hasMetrics: readMetrics !== undefined }))
  app.use(
    ethNodeRoutes(control, deps.beaconNode),
    ethConfigRoutes(chainFacts),
    lodestarRoutes(control, operator),
    statsRoutes(control),
  )
  app.use(eventRoutes(events))
  if (readMetrics !== undefined) app.use(metricsRoutes(readMetrics))
  app.use(() => {
    throw new RelayError('ROUTE_NOT_FOUND', 'not found')
  })
  app.use(problemHandler(log))
  return app
}

/** The API as a listener for a server's requests. It never throws and always answers. */
export function createApp(deps: AppDeps): RequestListener {
  const app = routed(deps)
  return (request, response) => {
    setSecurityHeaders(response)
    // Express cannot route what is no path (`*`, or a full URL as for a proxy) and would answer a page of HTML.
    if (request.url?.startsWith('/') === true) app(request, response)
    else answerProblem(deps.log, request, response, new RelayError('BAD_REQUEST', 'request target must be a path'))
  }
}
