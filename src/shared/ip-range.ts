import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

type Family = 'ipv4' | 'ipv6'

interface Range {
  readonly family: Family
  /** The network's first address, host bits cleared: 4 or 16 bytes. */
  readonly bytes: readonly number[]
  /** Prefix length. */
  readonly bits: number
}

const ADDRESS_BITS = { ipv4: 32, ipv6: 128 } as const
/** Prefix of IPv4 within IPv6, `::ffff:0:0/96`. */
const MAPPED_PREFIX_BITS = 96
/** IPv4-compatible IPv6, deprecated by RFC 4291: ipaddr.js takes its dotted form for IPv4 within IPv6, which it is not. */
const COMPATIBLE = /^::\d+\./
const DECIMAL = /^(0|[1-9]\d{0,2})$/

/**
 * One address, IPv4 within IPv6 taken as the IPv4 it is. `isIP` goes first: ipaddr.js also reads short, octal and
 * hexadecimal IPv4, which mean different things to different tools. A zone names an interface of one machine.
 */
function parseAddress(text: string): Range | undefined {
  if (isIP(text) === 0 || text.includes('%') || COMPATIBLE.test(text)) return undefined
  const address = ipaddr.process(text)
  const family = address.kind()
  return { family, bytes: address.toByteArray(), bits: ADDRESS_BITS[family] }
}

function parseRange(text: string): Range | undefined {
  const [host = '', prefix, ...rest] = text.split('/')
  const address = parseAddress(host)
  if (address === undefined || prefix === undefined) return address
  if (rest.length > 0 || !DECIMAL.test(prefix)) return undefined
  // An IPv4 address in IPv6 form counts its prefix in the form it was written in.
  const isMapped = host.includes(':') && address.family === 'ipv4'
  const bits = Number(prefix) - (isMapped ? MAPPED_PREFIX_BITS : 0)
  if (bits < 0 || bits > address.bits) return undefined
  return { family: address.family, bytes: networkOf(address.bytes, bits), bits }
}

/** The first `bits` bits of an address, the others zero. */
function networkOf(bytes: readonly number[], bits: number): readonly number[] {
  return bytes.map((byte, index) => {
    const kept = Math.max(0, Math.min(8, bits - index * 8))
    return byte & (0xff << (8 - kept))
  })
}

/**
 * The canonical CIDR text of an address range, or of a single address (`/32`, `/128`): host bits are cleared, IPv4
 * within IPv6 becomes IPv4, IPv6 is written as RFC 5952 has it. Undefined when `text` is neither.
 */
export function canonicalRange(text: string): string | undefined {
  const range = parseRange(text)
  return range === undefined ? undefined : `${ipaddr.fromByteArray([...range.bytes]).toString()}/${range.bits}`
}

/**
 * Address ranges that are asked about on each connection: one look-up for each prefix length in use. It grows with the
 * list it is given, which its keeper bounds (`MAX_BANNED_RANGES`).
 */
export class IpRangeSet {
  /** First addresses of the ranges, by prefix length. */
  readonly #networks: { readonly [F in Family]: Map<number, Set<string>> } = { ipv4: new Map(), ipv6: new Map() }

  /** Takes a range or an address; what is neither is left out. */
  add(cidr: string): void {
    const range = parseRange(cidr)
    if (range === undefined) return
    const byLength = this.#networks[range.family]
    const networks = byLength.get(range.bits) ?? new Set<string>()
    byLength.set(range.bits, networks.add(range.bytes.join('.')))
  }

  /** Takes out exactly this range; others that overlap it stay. */
  delete(cidr: string): void {
    const range = parseRange(cidr)
    if (range === undefined) return
    const byLength = this.#networks[range.family]
    const networks = byLength.get(range.bits)
    networks?.delete(range.bytes.join('.'))
    if (networks?.size === 0) byLength.delete(range.bits)
  }

  /** True when a range contains the address; false for what is no address. */
  has(ip: string): boolean {
    const address = parseAddress(ip)
    if (address === undefined) return false
    for (const [bits, networks] of this.#networks[address.family]) {
      if (networks.has(networkOf(address.bytes, bits).join('.'))) return true
    }
    return false
  }
}
