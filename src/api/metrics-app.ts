/** The listener of `--metrics-port`: `/metrics` behind the API's Host check and token, and nothing else. A page may be half a second old. */
import type { RequestListener } from 'node:http'
import express from 'express'
import { RelayError } from '../shared/errors.ts'
import type { AppDeps } from './app.ts'
import { requireToken } from './auth.ts'
import { checkHost } from './host-check.ts'
import { answerProblem, problemHandler } from './problem.ts'
import { logRequests } from './request-log.ts'
import { metricsRoutes, type ReadMetrics } from './routes/metrics.ts'
import { setSecurityHeaders } from './security-headers.ts'
import { SharedRead } from './shared-read.ts'

export interface MetricsAppDeps extends Pick<AppDeps, 'address' | 'token' | 'log'> {
  readonly readMetrics: ReadMetrics
}

/** It never throws and always answers. */
export function createMetricsApp({ log, address, token, readMetrics }: MetricsAppDeps): RequestListener {
  const page = new SharedRead(readMetrics, {})
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.use(logRequests(log))
  app.use(
    checkHost({ address, hasToken: token !== undefined }),
    requireToken(token),
    metricsRoutes(() => page.read()),
  )
  app.use(() => {
    throw new RelayError('ROUTE_NOT_FOUND', 'not found')
  })
  app.use(problemHandler(log))
  return (request, response) => {
    setSecurityHeaders(response)
    if (request.url?.startsWith('/') === true) app(request, response)
    else answerProblem(log, request, response, new RelayError('BAD_REQUEST', 'request target must be a path'))
  }
}
