/**
 * The types a setting can have, as zod schemas over text: flags, environment and file all hand over text (or a list of
 * texts), so a value means the same wherever it was written. Messages complete the sentence "<source>: …".
 */
import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'
import { z } from 'zod'

export const MAX_PORT = 65_535
/** Characters of a bad value that a message repeats. */
const MAX_QUOTED = 80

/** Text as a message may show it: quoted, control characters escaped, cut at 80 characters. */
export function quote(text: string): string {
  return JSON.stringify(text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}…` : text)
}

/** A name that nobody of ours chose, as a message may show it: escaped and cut like a quote, without the marks. */
export function printable(name: string): string {
  return quote(name).slice(1, -1)
}

/** One of a closed set of words. */
export function choice<const Words extends readonly string[]>(words: Words) {
  return z.enum(words, { error: ({ input }) => `must be one of ${words.join(', ')}; got ${quote(String(input))}` })
}

/** A number written with `pattern`, from `min` to `max` inclusive. */
function numberText(pattern: RegExp, noun: string, min: number, max: number) {
  return z.string().transform((text, context) => {
    const value = Number(text)
    if (pattern.test(text) && value >= min && value <= max) return value
    context.addIssue({ code: 'custom', message: `must be ${noun} from ${min} to ${max}; got ${quote(text)}` })
    return z.NEVER
  })
}

/** A whole number in decimal digits, from `min` to `max` inclusive. */
export function integer(min: number, max: number) {
  return numberText(/^\d+$/, 'a whole number', min, max)
}

/** A number with an optional decimal fraction, from `min` to `max` inclusive. */
export function decimal(min: number, max: number) {
  return numberText(/^\d+(\.\d+)?$/, 'a number', min, max)
}

/** A port to bind; 0 lets the system choose one. */
export function bindPort() {
  return integer(0, MAX_PORT)
}

/** A port that others are told: 0 would mean nothing to them. */
export function advertisedPort() {
  return integer(1, MAX_PORT)
}

/** On or off, in the usual spellings. */
export const switchText = z.stringbool({
  truthy: ['true', 'yes', 'on', '1'],
  falsy: ['false', 'no', 'off', '0'],
  error: ({ input }) => `must be true or false; got ${quote(String(input))}`,
})

/** A path; made absolute by the loader. */
export const pathText = z
  .string()
  .refine((text) => text.trim() !== '' && !text.includes('\0'), { error: 'must be a path, and not empty' })

/** An IPv4 or IPv6 address. Zone ids are refused: no record and no multiaddr of ours could carry them. */
export const ipAddress = z.string().refine((text) => isIP(text) !== 0 && !text.includes('%'), {
  error: ({ input }) => `must be an IPv4 or IPv6 address; got ${quote(String(input))}`,
})

/** A list of IP addresses with at most one of each family; answers them IPv4 first. */
export function addressPerFamily({ isEmptyFine }: { readonly isEmptyFine: boolean }) {
  return listOf('an IPv4 or IPv6 address', (item) => ipAddress.safeParse(item).success)
    .refine((items) => isEmptyFine || items.length > 0, { error: 'must have at least one address' })
    .refine((items) => [4, 6].every((family) => items.filter((item) => isIP(item) === family).length <= 1), {
      error: ({ input }) => `must have at most one IPv4 and one IPv6 address; got ${quote(String(input))}`,
    })
    .transform((items) => items.toSorted((a, b) => isIP(a) - isIP(b)))
}

/** An IP address or `localhost`. */
export const bindHost = z.string().refine((text) => text === 'localhost' || ipAddress.safeParse(text).success, {
  error: ({ input }) => `must be an IP address or localhost; got ${quote(String(input))}`,
})

/** True for 127.0.0.0/8 (also IPv4-mapped), ::1 and `localhost`. */
export function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || (isIP(host) !== 0 && ipaddr.process(host).range() === 'loopback')
}

/** A 32-byte root; answers it as 64 lower-case hex digits without `0x`. */
export const rootHex = z
  .string()
  .regex(/^(0x)?[0-9a-fA-F]{64}$/, { error: ({ input }) => `must be 32 bytes of hex; got ${quote(String(input))}` })
  .transform((text) => text.replace(/^0x/, '').toLowerCase())

/** A list whose items each satisfy `accepts`; otherwise as {@link listWith}. */
export function listOf(noun: string, accepts: (item: string) => boolean, maxItems?: number) {
  return listWith((item) => (accepts(item) ? undefined : `is not ${noun}`), maxItems)
}

/**
 * A list in whose items `faultOf` finds no fault; every item that has one is reported with it. Repeated items are kept
 * once, and no more than `maxItems` different ones are accepted.
 */
export function listWith(faultOf: (item: string) => string | undefined, maxItems = Number.POSITIVE_INFINITY) {
  return z
    .array(z.string())
    .superRefine((items, context) => {
      for (const item of items) {
        const fault = faultOf(item)
        if (fault !== undefined) context.addIssue({ code: 'custom', message: `${quote(item)} ${fault}` })
      }
      const count = new Set(items).size
      if (count > maxItems) {
        context.addIssue({ code: 'custom', message: `must have at most ${maxItems} items; got ${count}` })
      }
    })
    .transform((items) => [...new Set(items)])
}

/** Address ranges in CIDR notation. */
export function cidrs() {
  return listOf('an address range such as 10.0.0.0/8', isCidr)
}

function isCidr(text: string): boolean {
  // ipaddr.js also reads short and octal forms (`10/8`, `010.0.0.0/8`), which mean different things to different tools.
  return ipAddress.safeParse(text.split('/')[0] ?? '').success && ipaddr.isValidCIDR(text)
}

/** Web origins as browsers send them (`https://host[:port]`, no path), or `*`. */
export function webOrigins() {
  return listOf('a web origin such as https://example.org, or *', (item) => item === '*' || isOrigin(item))
}

function isOrigin(text: string): boolean {
  const url = URL.parse(text)
  return url !== null && /^https?:$/.test(url.protocol) && url.origin === text
}

/**
 * The base URL of an HTTP API, path included. What it may hold beside is refused, and named without being repeated:
 * a user's password is no text for logs.
 */
export const httpUrl = z.string().superRefine((text, context) => {
  const url = URL.parse(text)
  const refuse = (message: string): void => context.addIssue({ code: 'custom', message })
  if (url === null || !/^https?:$/.test(url.protocol)) refuse('must be a URL such as http://127.0.0.1:5051')
  else if (url.username !== '' || url.password !== '') refuse('must not hold a user or password')
  else if (url.search !== '' || url.hash !== '') refuse('must not hold a query or fragment')
})
