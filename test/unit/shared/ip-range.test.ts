import assert from 'node:assert/strict'
import { BlockList, isIP } from 'node:net'
import { test } from 'node:test'
import fc from 'fast-check'
import { canonicalRange, IpRangeSet } from '../../../src/shared/ip-range.ts'

/** Few distinct bytes, so that addresses and ranges meet often. */
const byte = fc.constantFrom(0, 1, 127, 128, 192, 255)
const ip4 = fc.tuple(byte, byte, byte, byte).map((bytes) => bytes.join('.'))
const group = fc.constantFrom('0', '1', '8000', 'db8', '2001', 'ffff')
const ip6 = fc.array(group, { minLength: 8, maxLength: 8 }).map((groups) => groups.join(':'))
const cidr4 = fc.tuple(ip4, fc.integer({ min: 0, max: 32 })).map(([ip, bits]) => `${ip}/${bits}`)
const pureIp6 = ip6.filter((ip) => !ip.startsWith('0:0:0:0:0:ffff:'))
const cidr6 = fc.tuple(pureIp6, fc.integer({ min: 0, max: 128 })).map(([ip, bits]) => `${ip}/${bits}`)
const cidr = fc.oneof(cidr4, cidr6, ip4, ip6)

test('canonical: host bits cleared, one address is a range of one, IPv4 within IPv6 is IPv4', () => {
  const pairs = [
    ['192.0.2.77/24', '192.0.2.0/24'],
    ['192.0.2.77', '192.0.2.77/32'],
    ['255.255.255.255/0', '0.0.0.0/0'],
    ['10.255.0.0/9', '10.128.0.0/9'],
    ['2001:0DB8:0:0:0:0:0:1', '2001:db8::1/128'],
    ['2001:db8:ffff::/33', '2001:db8:8000::/33'],
    ['::ffff:192.0.2.77', '192.0.2.77/32'],
    ['::ffff:c000:24d/120', '192.0.2.0/24'],
    ['::ffff:192.0.2.77/96', '0.0.0.0/0'],
    ['::/0', '::/0'],
  ] as const
  for (const [text, canonical] of pairs) assert.equal(canonicalRange(text), canonical, text)
})

test('what other tools would read differently, or not at all, is no range', () => {
  const texts = [
    '',
    '/',
    '/24',
    '192.0.2/24',
    '192.0.2.0/33',
    '192.0.2.0/',
    '192.0.2.0/+8',
    '192.0.2.0/08',
    '192.0.2.0/8/8',
    '192.0.2.0/8.0',
    '192.0.2.256',
    '0300.0.2.1',
    '0xc0.0.2.1',
    '3221225985',
    ' 192.0.2.1',
    '::192.0.2.1',
    '::ffff:0300.0.2.1',
    '::ffff:0x1.2.3.4',
    '::ffff:192.0.2.1/95',
    'fe80::1%eth0',
    '[::1]',
    '2001:db8::/129',
    ':::',
    'localhost',
  ]
  const set = new IpRangeSet()
  for (const text of texts) {
    assert.equal(canonicalRange(text), undefined, text)
    set.add(text)
    assert.equal(set.has(text), false, text)
  }
  assert.equal(set.has('192.0.2.1'), false)
})

test('property: any text is a range or undefined, and never throws', () => {
  const nearly = fc.string({ unit: fc.constantFrom(...'0123456789abcfx:./%'), maxLength: 40 })
  fc.assert(
    fc.property(fc.oneof(fc.string(), nearly, fc.ipV4(), fc.ipV6(), fc.ipV4Extended()), (text) => {
      const canonical = canonicalRange(text)
      const [host = ''] = text.split('/')
      if (isIP(host) === 0) assert.equal(canonical, undefined)
      new IpRangeSet().add(text)
      assert.equal(typeof new IpRangeSet().has(text), 'boolean')
    }),
    { numRuns: 2000 },
  )
})

test('property: the canonical text is its own canonical text and contains the address it was made of', () => {
  fc.assert(
    fc.property(cidr, (text) => {
      const canonical = canonicalRange(text) ?? assert.fail(text)
      assert.equal(canonicalRange(canonical), canonical)
      const set = new IpRangeSet()
      set.add(canonical)
      assert.equal(set.has(text.split('/')[0] ?? ''), true)
    }),
  )
})

test('property: two ranges have one canonical text exactly when they contain the same addresses', () => {
  const host = fc.tuple(byte, byte, byte, byte)
  fc.assert(
    fc.property(host, host, fc.integer({ min: 0, max: 32 }), (one, other, bits) => {
      const ranges = [one, other].map((bytes) => canonicalRange(`${bytes.join('.')}/${bits}`))
      const number = (bytes: readonly number[]): number => bytes.reduce((sum, part) => sum * 256 + part, 0)
      const network = (bytes: readonly number[]): number => Math.floor(number(bytes) / 2 ** (32 - bits))
      assert.equal(ranges[0] === ranges[1], network(one) === network(other))
    }),
  )
})

test('property: the set contains what the system’s own block list contains, through additions and removals', () => {
  const change = fc.record({ adds: fc.boolean(), range: cidr })
  fc.assert(
    fc.property(
      fc.array(change, { maxLength: 12 }),
      fc.array(fc.oneof(ip4, ip6), { maxLength: 20 }),
      (changes, ips) => {
        const set = new IpRangeSet()
        const model = new Set<string>()
        for (const { adds, range } of changes) {
          const canonical = canonicalRange(range) ?? assert.fail(range)
          if (adds) set.add(range)
          else set.delete(range)
          if (adds) model.add(canonical)
          else model.delete(canonical)
        }
        for (const ip of ips) assert.equal(set.has(ip), isBlocked(model, ip), ip)
      },
    ),
    { numRuns: 500 },
  )
})

test('an IPv4 range holds the same addresses in IPv6 form, an IPv6 range none of IPv4', () => {
  const set = new IpRangeSet()
  set.add('192.0.2.0/24')
  assert.deepEqual(
    ['192.0.2.9', '::ffff:192.0.2.9', '::ffff:c000:209', '192.0.3.9', '::c000:209'].map((ip) => set.has(ip)),
    [true, true, true, false, false],
  )
  set.delete('192.0.2.0/24')
  assert.equal(set.has('192.0.2.9'), false)
  set.add('::/0')
  assert.deepEqual(
    ['2001:db8::1', '192.0.2.9', '::ffff:192.0.2.9'].map((ip) => set.has(ip)),
    [true, false, false],
  )
})

/** A block list takes IPv4 for a part of IPv6, which our ranges do not: it gets those of the address's family only. */
function isBlocked(ranges: Iterable<string>, ip: string): boolean {
  const list = new BlockList()
  const isMapped = ip.startsWith('0:0:0:0:0:ffff:')
  const family = isIP(ip) === 6 && !isMapped ? 'ipv6' : 'ipv4'
  for (const range of ranges) {
    const [network = '', bits] = range.split('/')
    if (isIP(network) === (family === 'ipv6' ? 6 : 4)) list.addSubnet(network, Number(bits), family)
  }
  return list.check(ip, isIP(ip) === 6 ? 'ipv6' : 'ipv4')
}
