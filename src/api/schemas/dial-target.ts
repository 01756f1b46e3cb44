import { z } from 'zod'
import type { DialTarget } from '../../rpc/peer-views.ts'
import { RelayError } from '../../shared/errors.ts'
import { checked, text } from './checked.ts'

/** A record is at most 300 bytes (EIP-778): 400 characters of base64 and the prefix. */
export const MAX_ENR_CHARS = 404
/** Far above every multiaddr that can be dialled: a DNS name of 253, a peer id of 53 and the protocol names. */
export const MAX_MULTIADDR_CHARS = 512

/** Shown in the document: nobody is there. */
export const EXAMPLE_MULTIADDR = '/ip4/127.0.0.1/tcp/1/p2p/16Uiu2HAm4MqAN66Ey9CqUbSpSTCsEKHkYJH1h7oYrg8XDGXTMskH'

const EXACTLY_ONE = 'must have exactly one of enr and multiaddr'

/** An ENR by its length; whether it decodes is for the worker to say. */
export const enrText = text(MAX_ENR_CHARS)
/** A multiaddr by its length; whether it decodes is for the worker to say. */
export const multiaddrText = text(MAX_MULTIADDR_CHARS)

/** `POST /peers` and `POST /peers/trusted`. */
export const dialBody = z
  .strictObject({ enr: enrText.optional(), multiaddr: multiaddrText.optional() })
  .refine(({ enr, multiaddr }) => (enr === undefined) !== (multiaddr === undefined), EXACTLY_ONE)
  .meta({
    oneOf: [{ required: ['enr'] }, { required: ['multiaddr'] }],
    examples: [{ multiaddr: EXAMPLE_MULTIADDR }],
  })

/**
 * The body of `POST /peers` and `POST /peers/trusted`: exactly one of `enr` and `multiaddr`, and nothing else.
 * @throws BAD_REQUEST
 */
export function parseDialTarget(body: unknown): DialTarget {
  const { enr, multiaddr } = checked(dialBody, body)
  if (enr !== undefined) return { enr }
  if (multiaddr !== undefined) return { multiaddr }
  throw new RelayError('BAD_REQUEST', `body ${EXACTLY_ONE}`)
}
