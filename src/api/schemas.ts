/** What clients send, checked before anything is asked of the network worker. All failures are a 400 `RelayError`. */
import { z } from 'zod'
import type { DialTarget } from '../rpc/contract.ts'
import { RelayError } from '../shared/errors.ts'
import type { PeerIdStr } from '../shared/ids.ts'

/** A record is at most 300 bytes (EIP-778): 400 characters of base64 and the prefix. */
const MAX_ENR_CHARS = 404
/** Far above every multiaddr that can be dialled: a DNS name of 253, a peer id of 53 and the protocol names. */
const MAX_MULTIADDR_CHARS = 512

/**
 * A peer id is a multihash in base58: SHA-256, 34 bytes, has 46 characters; a key of at most 42 bytes in the identity
 * hash has up to 60 (secp256k1: 53). Whether it decodes is for the worker to say.
 */
const PEER_ID = /^[1-9A-HJ-NP-Za-km-z]{46,60}$/

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
