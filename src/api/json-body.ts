import { json, type Request, type RequestHandler } from 'express'
import { RelayError } from '../shared/errors.ts'

/** The largest sensible body but one, an ENR of 300 bytes or a multiaddr, is below 1 KiB. */
const MAX_BODY_BYTES = 16 * 1024

/**
 * Reads a JSON body into `request.body`. Only `application/json` is taken (415), which also keeps plain HTML forms of
 * other sites out, nothing compressed (415), and at most `maxBytes` (413). A request without a body leaves it undefined.
 */
export function jsonBody(maxBytes = MAX_BODY_BYTES): RequestHandler[] {
  const requireJson: RequestHandler = (request, _response, next) => {
    if (request.is('application/json') === false) {
      throw new RelayError('UNSUPPORTED_MEDIA_TYPE', 'content type must be application/json')
    }
    next()
  }
  return [requireJson, json({ limit: maxBytes, inflate: false, strict: true })]
}

function hasBody({ headers }: Request): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}

/**
 * For paths that say everything: nothing is expected in the body, and `{}`, which some clients always send, is let
 * through. Anything else is refused rather than ignored, since whoever sent it meant something (400, 413, 415).
 */
export function noBody(): RequestHandler[] {
  const ifSent = (handler: RequestHandler): RequestHandler => {
    return (request, response, next) => (hasBody(request) ? handler(request, response, next) : next())
  }
  const refuseContent: RequestHandler = (request, _response, next) => {
    const { body } = request as { readonly body: unknown }
    const isEmpty = typeof body === 'object' && body !== null && !Array.isArray(body) && Object.keys(body).length === 0
    if (!isEmpty) throw new RelayError('BAD_REQUEST', 'no body is expected here')
    next()
  }
  return [...jsonBody(), refuseContent].map(ifSent)
}
