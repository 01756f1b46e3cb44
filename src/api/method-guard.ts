import type { RequestHandler } from 'express'
import { RelayError } from '../shared/errors.ts'

/**
 * The last handler of a known path: answers OPTIONS with the methods the path has, and any other method with 405
 * and the same list (RFC 9110 §15.5.6).
 */
export function refuseOtherMethods(...methods: readonly string[]): RequestHandler {
  const allow = [...methods, 'OPTIONS'].join(', ')
  return (request, response) => {
    response.setHeader('Allow', allow)
    if (request.method !== 'OPTIONS') throw new RelayError('METHOD_NOT_ALLOWED', 'method not allowed')
    response.status(204).end()
  }
}
