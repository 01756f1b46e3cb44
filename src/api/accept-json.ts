import type { RequestHandler } from 'express'
import { RelayError } from '../shared/errors.ts'

/** With and without the parameter: a client that asks for either is content with ours. */
const OURS = ['application/json', 'application/json; charset=utf-8']

/** Refuses a request whose Accept header excludes JSON, which is all that we speak (406). An empty one excludes nothing. */
export function requireJsonAccepted(): RequestHandler {
  return (request, _response, next) => {
    const isSilent = (request.headers.accept ?? '').trim() === ''
    if (isSilent || request.accepts(OURS) !== false) return next()
    throw new RelayError('NOT_ACCEPTABLE', 'only application/json is served')
  }
}
