import { z } from 'zod'
import { EVENT_TOPICS, type EventTopic } from '../../rpc/gossip-events.ts'
import { RelayError } from '../../shared/errors.ts'
import { cut, queryList } from './query-list.ts'

export const eventTopic = z.enum(EVENT_TOPICS)

/**
 * The parameter `topics` of the event stream, a list (beacon-APIs, `apis/eventstream/index.yaml`).
 * @throws BAD_REQUEST that names the first one there is not, those of the standard included that only a node with a
 * state could tell; or that none was given
 */
export function parseEventTopics(param: unknown): ReadonlySet<EventTopic> {
  const given = queryList(param)
  if (given === undefined) throw new RelayError('BAD_REQUEST', 'topics is required')
  return new Set(
    given.map((text) => {
      const known = eventTopic.safeParse(text)
      if (known.success) return known.data
      throw new RelayError('BAD_REQUEST', `Invalid topic: ${cut(text)}`)
    }),
  )
}
