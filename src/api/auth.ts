import { createHash, timingSafeEqual } from 'node:crypto'
import type { RequestHandler } from 'express'
import { RelayError } from '../shared/errors.ts'

const BEARER = /^Bearer +([^ ]+) *$/i

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

/**
 * Requires `Authorization: Bearer <token>` (RFC 6750 §2.1) on everything mounted after it; without a token it lets all
 * through. Digests are compared, in constant time: neither the length of the token nor a common prefix shows.
 */
export function requireToken(token: string | undefined): RequestHandler {
  if (token === undefined) return (_request, _response, next) => next()
  const expected = sha256(token)
  return (request, response, next) => {
    const given = BEARER.exec(request.headers.authorization ?? '')?.[1]
    if (given !== undefined && timingSafeEqual(sha256(given), expected)) return next()
    const challenge = given === undefined ? 'Bearer realm="starling"' : 'Bearer realm="starling", error="invalid_token"'
    response.setHeader('WWW-Authenticate', challenge)
    throw new RelayError('UNAUTHORIZED', given === undefined ? 'bearer token required' : 'invalid bearer token')
  }
}
