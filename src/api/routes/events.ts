import { type RequestHandler, Router } from 'express'
import { RelayError } from '../../shared/errors.ts'
import type { EventFeed } from '../event-feed.ts'
import { EVENT_STREAM_TYPE, EventStream } from '../event-stream.ts'
import { refuseOtherMethods } from '../method-guard.ts'
import { parseEventTopics } from '../schemas/event-topics.ts'

/** Refuses a request whose Accept header excludes event streams (406). An empty one excludes nothing. */
function requireStreamAccepted(): RequestHandler {
  return (request, _response, next) => {
    const isSilent = (request.headers.accept ?? '').trim() === ''
    if (isSilent || request.accepts(EVENT_STREAM_TYPE) !== false) return next()
    throw new RelayError('NOT_ACCEPTABLE', `only ${EVENT_STREAM_TYPE} is served`)
  }
}

/** `GET /eth/v1/events`: the stream of events, until the client closes it or does not keep up. */
export function eventRoutes(feed: EventFeed): Router {
  const router = Router({ caseSensitive: true })
  router
    .route('/eth/v1/events')
    .get(requireStreamAccepted(), async (request, response) => {
      const topics = parseEventTopics(request.query['topics'])
      if (request.method === 'HEAD') {
        response.setHeader('Content-Type', EVENT_STREAM_TYPE)
        response.end()
        return
      }
      const stream = new EventStream(response)
      const subscription = await feed.open(topics, stream)
      stream.begin(() => subscription.close())
    })
    .all(refuseOtherMethods('GET', 'HEAD'))
  return router
}
