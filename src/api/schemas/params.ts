/** What clients say in paths and queries, checked before anything is asked of the network worker. */
import { z } from 'zod'
import { RelayError } from '../../shared/errors.ts'
import type { PeerIdStr, TopicStr } from '../../shared/ids.ts'
import { isPeerIdForm } from '../../shared/peer-id-form.ts'

/**
 * The form of every eth2 topic (p2p-interface.md, "Topics and messages"); the longest name has 41 characters. Whether
 * it is one of ours is for the worker to say.
 */
const TOPIC = /^\/eth2\/[0-9a-f]{8}\/[a-z0-9_]{1,64}\/ssz_snappy$/

/** Three digits that can be a status: the standard node API's range for `syncing_status`, 100 to 599. */
const STATUS = /^[1-5][0-9]{2}$/

/** The letters and lengths of peer ids; not every such text is one. */
const PEER_ID_PATTERN = '^[1-9A-HJ-NP-Za-km-z]{46,53}$'

/** A topic by its form. */
export const topicText = z
  .string()
  .regex(TOPIC)
  .meta({ examples: ['/eth2/a4e6abeb/beacon_block/ssz_snappy'] })
/** A status as a query has it. */
export const statusText = z.string().regex(STATUS)
/** A peer id by its form. */
export const peerIdText = z.custom<PeerIdStr>(isPeerId, 'must be a peer id').meta({
  type: 'string',
  pattern: PEER_ID_PATTERN,
  examples: ['16Uiu2HAm4MqAN66Ey9CqUbSpSTCsEKHkYJH1h7oYrg8XDGXTMskH'],
})

/**
 * A topic from the path, decoded once, checked by its form only.
 * @throws BAD_TOPIC
 */
export function parseTopicParam(param: unknown): TopicStr {
  const topic = topicText.safeParse(param)
  if (topic.success) return topic.data
  throw new RelayError('BAD_TOPIC', 'invalid topic')
}

/**
 * Whether a value is the text of a peer id; whether it holds a key is for the worker to say. The other text form, a
 * CID, is not taken: one peer has one name.
 */
export function isPeerId(value: unknown): value is PeerIdStr {
  return typeof value === 'string' && isPeerIdForm(value)
}

/**
 * A peer id from the path, checked by its form only.
 * @throws BAD_PEER_ID
 */
export function parsePeerId(param: unknown): PeerIdStr {
  if (isPeerId(param)) return param
  throw new RelayError('BAD_PEER_ID', 'invalid peer id')
}

/**
 * The `syncing_status` query parameter of the health check; undefined when it was not given.
 * @throws BAD_REQUEST when it is no status from 100 to 599, or given twice
 */
export function parseSyncingStatus(param: unknown): number | undefined {
  if (param === undefined) return undefined
  const status = statusText.safeParse(param)
  if (status.success) return Number(status.data)
  throw new RelayError('BAD_REQUEST', 'syncing_status must be a number from 100 to 599')
}
