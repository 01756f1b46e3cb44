/**
 * Against DNS rebinding: a page of evil.example, whose name was made to point at 127.0.0.1, sends our API requests
 * that the browser takes for same-origin ones. Its Host header still says evil.example, so names are refused.
 */
import { isIP } from 'node:net'
import type { RequestHandler } from 'express'
import { RelayError } from '../shared/errors.ts'

/** RFC 9112 §3.2: host, in brackets when IPv6, and an optional port. */
const HOST_HEADER = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::\d{1,5})?$/i

/** The name or the bare IP address in a Host header, lower-case and without a trailing dot; undefined when malformed. */
export function parseHost(header: string): string | undefined {
  const match = HOST_HEADER.exec(header)
  if (match === null) return undefined
  const [, ipv6, name] = match
  if (ipv6 !== undefined) return isIP(ipv6) === 6 ? ipv6.toLowerCase() : undefined
  return name?.toLowerCase().replace(/\.$/, '')
}

/**
 * True for hosts that no foreign page can have as its own origin: IP addresses, `localhost` and `*.localhost`
 * (RFC 6761 §6.3 keeps them on the loopback), and the address we were told to bind.
 */
export function isRebindingSafe(host: string, address: string): boolean {
  return isIP(host) !== 0 || host === 'localhost' || host.endsWith('.localhost') || host === address.toLowerCase()
}

export interface HostCheckOptions {
  /** The address or name the API binds. */
  readonly address: string
  /** With a bearer token any name is let in: a rebinding page does not have the token, and browsers add none. */
  readonly hasToken: boolean
}

/** Refuses a request without exactly one well-formed Host header (400), or with a foreign name in it (403). */
export function checkHost({ address, hasToken }: HostCheckOptions): RequestHandler {
  return (request, _response, next) => {
    const headers = request.headersDistinct['host'] ?? []
    const host = headers.length === 1 ? parseHost(headers[0] ?? '') : undefined
    if (host === undefined) throw new RelayError('BAD_REQUEST', 'missing or malformed Host header')
    if (!hasToken && !isRebindingSafe(host, address)) {
      throw new RelayError('FORBIDDEN_HOST', 'host name not allowed: use an IP address, localhost or an API token')
    }
    next()
  }
}
