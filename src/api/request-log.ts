import type { RequestHandler } from 'express'
import type { Logger } from '../shared/logger.ts'

/** Enough for every path of ours; a longer one is a mistake or an attack, and its tail says nothing. */
const MAX_PATH_CHARS = 200

/** One line a request once it is answered: writes at `info`, as a record of who steered the node; reads at `debug`. */
export function logRequests(log: Logger): RequestHandler {
  return (request, response, next) => {
    const { method, originalUrl, socket } = request
    const level = ['GET', 'HEAD', 'OPTIONS'].includes(method) ? 'debug' : 'info'
    if (!log.isLevelEnabled(level)) return next()
    response.once('finish', () => {
      const path = (originalUrl.split('?', 1)[0] ?? '').slice(0, MAX_PATH_CHARS)
      log[level]({ method, path, status: response.statusCode, from: socket.remoteAddress }, 'API request')
    })
    next()
  }
}
