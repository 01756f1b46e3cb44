/**
 * What pages of other web origins may do. By default nothing: no CORS header is sent, so that a browser shows them no
 * answer, and their writes are refused before they take effect (a POST without a body needs no preflight).
 * An origin listed by `--cors-origin` may read and write; `*` lets every page read, and none write.
 */
import type { Request, RequestHandler, Response } from 'express'
import { RelayError } from '../shared/errors.ts'

const READ_METHODS = ['GET', 'HEAD']
const ALL_METHODS = [...READ_METHODS, 'POST', 'PUT', 'PATCH', 'DELETE']
const ALLOWED_HEADERS = 'authorization, content-type'
/** How long a browser may remember a preflight. Short: an operator who takes an origin off the list means it. */
const PREFLIGHT_MAX_AGE_SECONDS = 600

/** True when the page was served by this API itself, as the dashboard is. Host was checked before. */
function isSameOrigin(request: Request, origin: string): boolean {
  const url = URL.parse(origin)
  return url !== null && url.host !== '' && url.host === request.headers.host?.toLowerCase()
}

function answerPreflight(response: Response, methods: readonly string[]): void {
  response.setHeader('Access-Control-Allow-Methods', methods.join(', '))
  response.setHeader('Access-Control-Allow-Headers', ALLOWED_HEADERS)
  response.setHeader('Access-Control-Max-Age', PREFLIGHT_MAX_AGE_SECONDS)
  response.status(204).end()
}

/**
 * Sets the CORS headers, answers preflights, and refuses writes and preflights of origins that may not (403).
 * A request without an Origin header comes from no page and passes.
 */
export function cors(allowedOrigins: readonly string[]): RequestHandler {
  const listed = new Set(allowedOrigins)
  const readableByAll = listed.delete('*')
  const methodsOf = (request: Request, origin: string): readonly string[] => {
    if (listed.has(origin) || isSameOrigin(request, origin)) return ALL_METHODS
    return readableByAll ? READ_METHODS : []
  }
  return (request, response, next) => {
    response.vary('Origin')
    const { origin } = request.headers
    if (origin === undefined) return next()
    const methods = methodsOf(request, origin)
    if (methods.length > 0) response.setHeader('Access-Control-Allow-Origin', origin)
    const preflight = request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined
    const isWrite = !['GET', 'HEAD', 'OPTIONS'].includes(request.method)
    const refused = preflight ? methods.length === 0 : isWrite && !methods.includes(request.method)
    // Methods we do not know are left to the routes, which answer 405.
    if (refused) throw new RelayError('FORBIDDEN_ORIGIN', 'origin not allowed: see --cors-origin')
    return preflight ? answerPreflight(response, methods) : next()
  }
}
