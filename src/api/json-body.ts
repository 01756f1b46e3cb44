import { json, type RequestHandler } from 'express'
import { RelayError } from '../shared/errors.ts'

/** The largest sensible body, one ENR of 300 bytes or a multiaddr, is below 1 KiB. */
const MAX_BODY_BYTES = 16 * 1024

/**
 * Reads a JSON body into `request.body`. Only `application/json` is taken (415), which also keeps plain HTML forms of
 * other sites out, nothing compressed (415), and at most 16 KiB (413). A request without a body leaves it undefined.
 */
export function jsonBody(): RequestHandler[] {
  const requireJson: RequestHandler = (request, _response, next) => {
    if (request.is('application/json') === false) {
      throw new RelayError('UNSUPPORTED_MEDIA_TYPE', 'content type must be application/json')
    }
    next()
  }
  return [requireJson, json({ limit: MAX_BODY_BYTES, inflate: false, strict: true })]
}
