/** What clients send, checked before anything is asked of the network worker. All failures are a 400 `RelayError`. */
import { z } from 'zod'
import type { DialTarget, RuntimeConfigView } from '../rpc/contract.ts'
import { RelayError } from '../shared/errors.ts'
import type { PeerIdStr, TopicStr } from '../shared/ids.ts'
import { CONFIG_FIELDS, CONFIG_RANGES, isInRange, type Range } from './config-ranges.ts'
import type { ConfigPatch } from './operator.ts'

/** A record is at most 300 bytes (EIP-778): 400 characters of base64 and the prefix. */
const MAX_ENR_CHARS = 404
/** Far above every multiaddr that can be dialled: a DNS name of 253, a peer id of 53 and the protocol names. */
const MAX_MULTIADDR_CHARS = 512

/**
 * A peer id is a multihash in base58: SHA-256, 34 bytes, has 46 characters and begins with Q; a key of at most 42 bytes
 * in the identity hash begins with 1 and has up to 60 (secp256k1: 53). Whether it decodes is for the worker to say.
 * The other text form, a CID, is not taken: one peer has one name.
 */
const PEER_ID = /^[1Q][1-9A-HJ-NP-Za-km-z]{45,59}$/

/**
 * The form of every eth2 topic (p2p-interface.md, "Topics and messages"); the longest name has 41 characters. Whether
 * it is one of ours is for the worker to say.
 */
const TOPIC = /^\/eth2\/[0-9a-f]{8}\/[a-z0-9_]{1,64}\/ssz_snappy$/

/** Three digits that can be a status: the standard node API's range for `syncing_status`, 100 to 599. */
const STATUS = /^[1-5][0-9]{2}$/

function text(maxChars: number) {
  return z
    .string({ error: 'must be a string' })
    .min(1, 'must not be empty')
    .max(maxChars, `must have at most ${maxChars} characters`)
}

const dialBody = z.strictObject({
  enr: text(MAX_ENR_CHARS).optional(),
  multiaddr: text(MAX_MULTIADDR_CHARS).optional(),
})

function numberIn({ min, max, isInteger }: Range, name: string) {
  return z
    .custom<number>(
      (value) => isInRange(name, value),
      `must be ${isInteger ? 'an integer' : 'a number'} from ${min} to ${max}`,
    )
    .optional()
}

const configBody = z.strictObject(
  Object.fromEntries(CONFIG_FIELDS.map((name) => [name, numberIn(CONFIG_RANGES[name], name)])) as Record<
    keyof RuntimeConfigView,
    ReturnType<typeof numberIn>
  >,
)

/** One line for people; what it repeats of the input is cut short. */
function describe(issue: z.core.$ZodIssue | undefined): string {
  if (issue?.code === 'unrecognized_keys') return `unknown key ${JSON.stringify(issue.keys[0]?.slice(0, 40))}`
  if (issue === undefined || issue.path.length === 0) return 'body must be a JSON object'
  return `${issue.path.join('.')} ${issue.message}`
}

/**
 * The body of `POST /peers`: exactly one of `enr` and `multiaddr`, and nothing else.
 * @throws BAD_REQUEST
 */
export function parseDialTarget(body: unknown): DialTarget {
  const result = dialBody.safeParse(body)
  if (!result.success) throw new RelayError('BAD_REQUEST', describe(result.error.issues[0]))
  const { enr, multiaddr } = result.data
  if (enr !== undefined && multiaddr === undefined) return { enr }
  if (multiaddr !== undefined && enr === undefined) return { multiaddr }
  throw new RelayError('BAD_REQUEST', 'body must have exactly one of enr and multiaddr')
}

/**
 * The body of `PATCH /config`: at least one of the fields, each a number in its range, and nothing else.
 * @throws BAD_REQUEST
 */
export function parseConfigPatch(body: unknown): ConfigPatch {
  const result = configBody.safeParse(body)
  if (!result.success) throw new RelayError('BAD_REQUEST', describe(result.error.issues[0]))
  const given = Object.entries(result.data).filter(([, value]) => value !== undefined)
  if (given.length > 0) return Object.fromEntries(given)
  throw new RelayError('BAD_REQUEST', `body must have at least one of ${CONFIG_FIELDS.join(', ')}`)
}

/**
 * A topic from the path, decoded once, checked by its form only.
 * @throws BAD_TOPIC
 */
export function parseTopicParam(param: unknown): TopicStr {
  if (typeof param === 'string' && TOPIC.test(param)) return param
  throw new RelayError('BAD_TOPIC', 'invalid topic')
}

/**
 * A peer id from the path, checked by its letters and length only.
 * @throws BAD_PEER_ID
 */
export function parsePeerId(param: unknown): PeerIdStr {
  if (typeof param === 'string' && PEER_ID.test(param)) return param
  throw new RelayError('BAD_PEER_ID', 'invalid peer id')
}

/**
 * The `syncing_status` query parameter of the health check; undefined when it was not given.
 * @throws BAD_REQUEST when it is no status from 100 to 599, or given twice
 */
export function parseSyncingStatus(param: unknown): number | undefined {
  if (param === undefined) return undefined
  if (typeof param === 'string' && STATUS.test(param)) return Number(param)
  throw new RelayError('BAD_REQUEST', 'syncing_status must be a number from 100 to 599')
}
