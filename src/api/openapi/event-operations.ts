/** The stream of events. */
import { z } from 'zod'
import { EVENT_STREAM_TYPE } from '../event-stream.ts'
import { eventTopic } from '../schemas/event-topics.ts'
import type { Operation } from './operation.ts'

export const eventOperations: readonly Operation[] = [
  {
    ...{
      method: 'get',
      path: '/eth/v1/events',
      id: 'subscribeEvents',
      tag: 'standard',
      summary: 'Events as they come',
    },
    query: {
      topics: {
        schema: z.array(eventTopic).min(1),
        description: 'Repeated, a list with commas, or both',
        isRequired: true,
      },
    },
    replies: {
      200: { description: 'A stream of server-sent events', body: z.string(), contentType: EVENT_STREAM_TYPE },
    },
    errors: ['SUBSCRIBERS_FULL'],
  },
]
