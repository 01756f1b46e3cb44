import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SignableENR } from '@chainsafe/enr'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import fc from 'fast-check'
import { AccessBook } from '../../../../../src/network-worker/peers/access/access-book.ts'
import type { AccessChange, AccessLists, TrustedPeer } from '../../../../../src/rpc/access.ts'

const NO_LISTS: AccessLists = { bannedPeers: [], bannedRanges: [], bannedAgents: [], trustedPeers: [] }
const ID = '16Uiu2HAmTH7nf3R5Ky5keaa9V21JL9jcjskHCXZZpr7VeUsnZk1m'

function at(peerId: string, ...ips: readonly string[]): TrustedPeer {
  const addressOf = (ip: string): string => `/${ip.includes(':') ? 'ip6' : 'ip4'}/${ip}/tcp/9000/p2p/${ID}`
  return { peerId, enr: null, addresses: ips.map(addressOf) }
}

/** A node that signs records of itself. */
async function signer() {
  const key = await generateKeyPair('secp256k1')
  const record = (seq: number, ip: string): string => {
    const enr = SignableENR.createV4(key.raw)
    enr.ip = ip
    enr.tcp = 9000
    enr.seq = BigInt(seq)
    return enr.encodeTxt()
  }
  return { peerId: peerIdFromPrivateKey(key).toString(), record }
}

test('the lists it opens with are in force', () => {
  const book = new AccessBook({
    bannedPeers: ['enemy'],
    bannedRanges: ['192.0.2.0/24', '2001:db8::/32'],
    bannedAgents: ['crawler', 'bad/1'],
    trustedPeers: [at('friend', '198.51.100.7')],
  })
  assert.deepEqual([book.isBannedPeer('enemy'), book.isBannedPeer('friend')], [true, false])
  assert.deepEqual(
    ['192.0.2.9', '192.0.3.9', '2001:db8::9', 'somewhere.example'].map((ip) => book.isBannedIp(ip)),
    [true, false, true, false],
  )
  assert.deepEqual([book.isTrusted('friend'), book.isTrusted('enemy')], [true, false])
  assert.deepEqual(book.trusted(), [at('friend', '198.51.100.7')])
})

test('an agent is banned by a part of its name, whatever its case', () => {
  const book = new AccessBook({ ...NO_LISTS, bannedAgents: ['crawler', 'bad/1'] })
  const agents = ['Nice-CRAWLER/2.0', 'Bad/1.0', 'bad/2', '']
  assert.deepEqual(
    agents.map((agent) => book.bannedAgent(agent)),
    ['crawler', 'bad/1', undefined, undefined],
  )
  book.apply({ unbanAgents: ['crawler'], banAgents: ['nice'] })
  assert.deepEqual([book.bannedAgent(agents[0] ?? ''), book.bannedAgent('crawler')], ['nice', undefined])
})

test('a change takes first and then adds, in each list by itself', () => {
  const book = new AccessBook(NO_LISTS)
  book.apply({
    ban: ['enemy'],
    banRanges: ['192.0.2.0/24'],
    banAgents: ['crawler'],
    trust: [at('friend', '192.0.2.1')],
  })
  book.apply({
    ban: ['enemy'],
    unban: ['enemy'],
    banRanges: ['192.0.2.0/24'],
    unbanRanges: ['192.0.2.0/24'],
    banAgents: ['crawler'],
    unbanAgents: ['crawler'],
    trust: [at('friend', '192.0.2.2')],
    untrust: ['friend'],
  })
  assert.equal(book.isBannedPeer('enemy') && book.isBannedIp('192.0.2.1') && book.isTrusted('friend'), true)
  assert.equal(book.bannedAgent('crawler'), 'crawler')
  assert.deepEqual(book.trusted(), [at('friend', '192.0.2.2')], 'untrusted in between, it keeps nothing of before')
  book.apply({})
  book.apply({ unban: ['enemy', 'nobody'], unbanRanges: ['192.0.2.0/24'], untrust: ['friend', 'nobody'] })
  assert.equal(book.isBannedPeer('enemy') || book.isBannedIp('192.0.2.1') || book.isTrusted('friend'), false)
})

test('an address is trusted as long as a trusted peer has it, in whichever form it is written', () => {
  const book = new AccessBook({
    ...NO_LISTS,
    trustedPeers: [at('one', '192.0.2.1', '2001:db8::1'), at('two', '192.0.2.1')],
  })
  assert.deepEqual(
    ['192.0.2.1', '::ffff:192.0.2.1', '2001:db8:0::0:1', '192.0.2.2', 'somewhere.example'].map((ip) =>
      book.trustedAt(ip),
    ),
    [true, true, true, false, false],
  )
  book.apply({ untrust: ['one'] })
  assert.deepEqual([book.trustedAt('192.0.2.1'), book.trustedAt('2001:db8::1')], [true, false])
  book.apply({ untrust: ['two'] })
  assert.equal(book.trustedAt('192.0.2.1'), false)
})

test('who is trusted again keeps its place, with the ENR and addresses of the change', async () => {
  const { peerId, record } = await signer()
  const book = new AccessBook({
    ...NO_LISTS,
    trustedPeers: [{ ...at(peerId, '192.0.2.1'), enr: record(1, '192.0.2.1') }],
  })
  book.apply({ trust: [at('other', '192.0.2.3'), at(peerId, '192.0.2.2')] })
  assert.deepEqual(book.trusted(), [at(peerId, '192.0.2.2'), at('other', '192.0.2.3')])
  assert.equal(book.trustedAt('192.0.2.1'), false, 'the address that went has no say')
})

test('a trusted peer’s record is taken when it is newer, with its addresses first', async () => {
  const { peerId, record } = await signer()
  const book = new AccessBook({ ...NO_LISTS, trustedPeers: [at(peerId, '192.0.2.1')] })
  book.learnEnr(peerId, record(5, '192.0.2.5'))
  assert.equal(book.trustedPeer(peerId)?.enr, record(5, '192.0.2.5'))
  assert.match(book.trustedPeer(peerId)?.addresses[0] ?? '', /^\/ip4\/192\.0\.2\.5\/tcp\/9000\/p2p\//)
  assert.deepEqual([book.trustedAt('192.0.2.5'), book.trustedAt('192.0.2.1')], [true, true])
  book.learnEnr(peerId, record(4, '192.0.2.4'))
  book.learnEnr(peerId, record(5, '192.0.2.6'))
  assert.equal(
    book.trustedPeer(peerId)?.enr,
    record(5, '192.0.2.5'),
    'neither an older one nor another of the same number',
  )
  book.learnEnr(peerId, record(6, '192.0.2.6'))
  assert.equal(book.trustedPeer(peerId)?.enr, record(6, '192.0.2.6'))
})

test('a record of somebody else, of nobody, or of a peer that is not trusted changes nothing', async () => {
  const [friend, other] = await Promise.all([signer(), signer()])
  const book = new AccessBook({ ...NO_LISTS, trustedPeers: [at(friend.peerId, '192.0.2.1')] })
  const before = book.trusted()
  book.learnEnr(friend.peerId, other.record(9, '192.0.2.9'))
  book.learnEnr(friend.peerId, 'enr:nonsense')
  book.learnEnr(other.peerId, other.record(9, '192.0.2.9'))
  assert.deepEqual(book.trusted(), before)
  assert.equal(book.trustedAt('192.0.2.9'), false)
})

test('property: after any changes it answers as a plain list would', () => {
  const peer = fc.constantFrom('a', 'b', 'c')
  const ip = fc.constantFrom('192.0.2.1', '192.0.2.2', '192.0.3.1')
  const range = fc.constantFrom('192.0.2.0/24', '192.0.2.1/32', '192.0.3.0/24')
  const some = <T>(entry: fc.Arbitrary<T>) => fc.uniqueArray(entry, { maxLength: 2 })
  const changes: fc.Arbitrary<AccessChange> = fc.record({
    ban: some(peer),
    unban: some(peer),
    banRanges: some(range),
    unbanRanges: some(range),
    untrust: some(peer),
    trust: fc.array(
      fc.tuple(peer, fc.uniqueArray(ip, { minLength: 1, maxLength: 2 })).map(([id, ips]) => at(id, ...ips)),
    ),
  })
  fc.assert(
    fc.property(fc.array(changes, { maxLength: 8 }), (all) => {
      const book = new AccessBook(NO_LISTS)
      const banned = new Set<string>()
      const ranges = new Set<string>()
      for (const change of all) {
        book.apply(change)
        amend(banned, change.unban, change.ban)
        amend(ranges, change.unbanRanges, change.banRanges)
      }
      for (const id of ['a', 'b', 'c']) assert.equal(book.isBannedPeer(id), banned.has(id))
      for (const host of ['192.0.2.1', '192.0.2.2', '192.0.3.1']) {
        const net = `${host.slice(0, host.lastIndexOf('.'))}.0/24`
        assert.equal(book.isBannedIp(host), ranges.has(net) || ranges.has(`${host}/32`))
        const isHome = book
          .trusted()
          .some(({ addresses }) => addresses.some((address) => address.includes(`/${host}/`)))
        assert.equal(book.trustedAt(host), isHome)
      }
    }),
    { numRuns: 300 },
  )
})

function amend(list: Set<string>, taken: readonly string[] = [], added: readonly string[] = []): void {
  for (const entry of taken) list.delete(entry)
  for (const entry of added) list.add(entry)
}
