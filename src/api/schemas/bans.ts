/** Address ranges and agent names, from a path or a body, in the one form in which they are kept. */
import { z } from 'zod'
import { RelayError } from '../../shared/errors.ts'
import { canonicalRange } from '../../shared/ip-range.ts'
import { MAX_AGENT_CHARS } from '../../shared/limits.ts'
import { checked } from './checked.ts'

/** IPv4 in a fully written IPv6 address, 45 characters, and its prefix length. */
const MAX_RANGE_CHARS = 49

/** What agent strings are made of: anything else in them is replaced before they are kept, so it could never match. */
const PRINTABLE_ASCII = /^[ -~]+$/
const AGENT_RULE = `must be 1 to ${MAX_AGENT_CHARS} printable ASCII characters`

function toRange(value: string): string | undefined {
  return value.length > MAX_RANGE_CHARS ? undefined : canonicalRange(value)
}

function toAgent(value: string): string | undefined {
  return value.length <= MAX_AGENT_CHARS && PRINTABLE_ASCII.test(value) ? value.toLowerCase() : undefined
}

/** A string that `convert` knows; its message when it does not. */
function convertible(convert: (value: string) => string | undefined, rule: string) {
  return z.string({ error: 'must be a string' }).transform((value, context) => {
    const converted = convert(value)
    if (converted !== undefined) return converted
    context.addIssue({ code: 'custom', message: rule })
    return z.NEVER
  })
}

/** A range, or a single address, as one of many in a document; comes out canonical. */
export const rangeText = convertible(toRange, 'must be an IP range').meta({
  maxLength: MAX_RANGE_CHARS,
  examples: ['192.0.2.0/24', '2001:db8::1'],
})
/** An agent name; comes out in lower case. */
export const agentText = convertible(toAgent, AGENT_RULE).meta({
  maxLength: MAX_AGENT_CHARS,
  pattern: PRINTABLE_ASCII.source,
})

/** `POST /bans/ip`. Whether `cidr` is a range is an error of its own. */
export const rangeBody = z.strictObject({
  cidr: z.string({ error: 'must be a string' }).meta({ examples: ['192.0.2.0/24', '2001:db8::1'] }),
})
/** `POST /bans/agent`. */
export const agentBody = z.strictObject({ agent: agentText })

/**
 * A range or a single address from the path, decoded once: its canonical text.
 * @throws BAD_IP_RANGE
 */
export function parseRangeParam(param: unknown): string {
  const cidr = typeof param === 'string' ? toRange(param) : undefined
  if (cidr !== undefined) return cidr
  throw new RelayError('BAD_IP_RANGE', 'invalid IP range')
}

/**
 * The body of `POST /bans/ip`: `cidr`, a range or a single address, and nothing else. Answers its canonical text.
 * @throws BAD_REQUEST, BAD_IP_RANGE
 */
export function parseRangeBody(body: unknown): string {
  return parseRangeParam(checked(rangeBody, body).cidr)
}

/**
 * An agent name from the path, decoded once: in lower case.
 * @throws BAD_REQUEST
 */
export function parseAgentParam(param: unknown): string {
  const agent = typeof param === 'string' ? toAgent(param) : undefined
  if (agent !== undefined) return agent
  throw new RelayError('BAD_REQUEST', `agent ${AGENT_RULE}`)
}

/**
 * The body of `POST /bans/agent`: `agent` and nothing else. Answers it in lower case.
 * @throws BAD_REQUEST
 */
export function parseAgentBody(body: unknown): string {
  return checked(agentBody, body).agent
}
