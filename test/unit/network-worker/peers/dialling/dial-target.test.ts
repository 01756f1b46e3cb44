import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SignableENR } from '@chainsafe/enr'
import fc from 'fast-check'
import {
  configuredPeers,
  parsePeerId,
  type ResolvedTarget,
  resolveTarget,
  targetOfText,
} from '../../../../../src/network-worker/peers/dialling/dial-target.ts'
import { type ErrorCode, RelayError } from '../../../../../src/shared/errors.ts'

const PEER_ID = '16Uiu2HAmTH7nf3R5Ky5keaa9V21JL9jcjskHCXZZpr7VeUsnZk1m'
const SECRET = new Uint8Array(32).fill(9)
/** The two records that the relay API document prints: neither has a valid signature. */
const MALFORMED_RECORDS = [
  'enr:-Ma4QP7Mh6szRFfT0poNgQPXFHU6U6i-S3fSK9M6gELm6UZoKihAK7xLZjH9qp_sVqb9EQjPx5oBq40jl1zx8NPd8HaGAZOPbBEqh2F0dG5ldHOIAAAAAAAAAACEZXRoMpCkZ-arBAAAAP__________gmlkgnY0gmlwhJo1N76EcXVpY4IjKYlzZWNwMjU2azGhA7zZDkkDw-e-R0E2G5mTaB2aGHaxbDIcP4dBBf7fIU6LiHN5bmNuZXRzAIN0Y3CCIyiDdWRwgiMo',
  'enr:-Ma4QCHId7a7GUtXvdqsYNJI_GvXeQVbvg7xQoit4NzaYPJa0LDFWGwQx-BqU_jHrYMW2_FiKcJTv9Zgnrp8oEpkHKOGAZOPYyaCh2F0dG5ldHOIAAAAAAAAAACEZXRoMpCkZ-arBAAAAP__________gmlkgnY0gmlwhJB-lloEcXVpY4IjKYlzZWNwMjU2azGhAkDqW6okS8vTh7QNNXK6rEM2vpmano4bOexcF27vM5kWiHN5bmNuZXRzAIN0Y3CCIyiDdWRwgiMo',
]

function record(set: (enr: SignableENR) => void): { readonly text: string; readonly peerId: string } {
  const enr = SignableENR.createV4(SECRET)
  set(enr)
  return { text: enr.encodeTxt(), peerId: enr.peerId.toString() }
}

function refused(code: ErrorCode): (error: unknown) => boolean {
  return (error) => error instanceof RelayError && error.code === code && error.message.length <= 200
}

function addressesOf({ addresses }: ResolvedTarget): string[] {
  return addresses.map((address) => address.toString())
}

test('a record is dialled at its TCP address first, by which blocks come sooner, then at its QUIC one', () => {
  const { text, peerId } = record((enr) => {
    enr.ip = '203.0.113.5'
    enr.tcp = 9000
    enr.quic = 9001
  })
  const target = resolveTarget({ enr: text })
  assert.equal(target.peerId, peerId)
  assert.equal(target.enr, text)
  assert.deepEqual(addressesOf(target), [
    `/ip4/203.0.113.5/tcp/9000/p2p/${peerId}`,
    `/ip4/203.0.113.5/udp/9001/quic-v1/p2p/${peerId}`,
  ])
})

test('a record with IPv6 alone is dialled there', () => {
  const { text, peerId } = record((enr) => {
    enr.ip6 = '2001:db8::5'
    enr.tcp6 = 9000
  })
  assert.deepEqual(addressesOf(resolveTarget({ enr: text })), [`/ip6/2001:db8::5/tcp/9000/p2p/${peerId}`])
})

test('a record without an address, or with UDP alone, cannot be dialled', () => {
  const nothing = record(() => undefined)
  const udp = record((enr) => {
    enr.ip = '203.0.113.5'
    enr.udp = 9000
  })
  for (const { text } of [nothing, udp]) assert.throws(() => resolveTarget({ enr: text }), refused('BAD_ENR'))
})

test("the API document's own example records are refused: they are malformed", () => {
  for (const text of MALFORMED_RECORDS) assert.throws(() => resolveTarget({ enr: text }), refused('BAD_ENR'))
})

test('a record whose content was changed after signing is refused', () => {
  const { text } = record((enr) => {
    enr.ip = '203.0.113.5'
    enr.tcp = 9000
  })
  const bytes = Buffer.from(text.slice(4), 'base64url')
  const at = bytes.indexOf(Buffer.from([203, 0, 113, 5]))
  bytes[at] = 204
  assert.throws(() => resolveTarget({ enr: `enr:${bytes.toString('base64url')}` }), refused('BAD_ENR'))
})

test('what is no record at all is refused, however long', () => {
  for (const text of ['', 'enr:', 'enr:AAAA', 'hello', `enr:${'A'.repeat(2000)}`]) {
    assert.throws(() => resolveTarget({ enr: text }), refused('BAD_ENR'), text.slice(0, 20))
  }
})

test('a multiaddr of TCP or QUIC that ends in a peer id is dialled as it is', () => {
  for (const text of [
    `/ip4/1.2.3.4/tcp/9000/p2p/${PEER_ID}`,
    `/ip6/2001:db8::1/udp/9001/quic-v1/p2p/${PEER_ID}`,
    `/dns4/relay.example/tcp/9000/p2p/${PEER_ID}`,
  ]) {
    const target = resolveTarget({ multiaddr: text })
    assert.deepEqual(addressesOf(target), [text])
    assert.equal(target.peerId, PEER_ID)
    assert.equal(target.enr, undefined)
  }
})

test('other multiaddrs are refused', () => {
  for (const text of [
    '',
    'relay.example:9000',
    '/ip4/1.2.3.4/tcp/9000',
    `/p2p/${PEER_ID}`,
    `/ip4/1.2.3.4/udp/9000/p2p/${PEER_ID}`,
    `/ip4/1.2.3.4/tcp/9000/p2p/${PEER_ID}/p2p-circuit`,
    `/ip4/1.2.3.400/tcp/9000/p2p/${PEER_ID}`,
    `/ip4/1.2.3.4/tcp/9000/p2p/${PEER_ID}${'/tcp/1'.repeat(300)}`,
  ]) {
    assert.throws(() => resolveTarget({ multiaddr: text }), refused('BAD_MULTIADDR'), text.slice(0, 60))
  }
})

test('a peer id comes back in its one text form; what is none is refused', () => {
  assert.equal(parsePeerId(PEER_ID), PEER_ID)
  for (const text of ['', 'hello', PEER_ID.slice(0, -1), `${PEER_ID}x`, '0x12']) {
    assert.throws(() => parsePeerId(text), refused('BAD_PEER_ID'), text)
  }
})

test('a target on the command line is a record when it says so', () => {
  assert.deepEqual(targetOfText('enr:-abc'), { enr: 'enr:-abc' })
  assert.deepEqual(targetOfText('/ip4/1.2.3.4'), { multiaddr: '/ip4/1.2.3.4' })
})

const TEXTS = fc.oneof(
  fc.string({ maxLength: 400 }),
  fc.base64String({ maxLength: 400 }).map((text) => `enr:${text}`),
  fc
    .array(fc.constantFrom('ip4', '1.2.3.4', 'tcp', '9000', 'p2p', PEER_ID, 'udp', 'quic-v1', ''), { maxLength: 9 })
    .map((parts) => `/${parts.join('/')}`),
)

test('whatever the text, the outcome is a target or a RelayError', () => {
  fc.assert(
    fc.property(TEXTS, (text) => {
      for (const attempt of [
        () => resolveTarget({ enr: text }),
        () => resolveTarget({ multiaddr: text }),
        () => parsePeerId(text),
      ]) {
        try {
          attempt()
        } catch (error) {
          assert.ok(error instanceof RelayError, String(error))
        }
      }
    }),
    { numRuns: 400 },
  )
})

test('a valid record with any byte changed never throws anything but BAD_ENR', () => {
  const { text } = record((enr) => {
    enr.ip = '203.0.113.5'
    enr.tcp = 9000
  })
  const valid = Buffer.from(text.slice(4), 'base64url')
  fc.assert(
    fc.property(fc.nat({ max: valid.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, mask) => {
      const bytes = Buffer.from(valid)
      bytes[at] = (bytes[at] ?? 0) ^ mask
      assert.throws(() => resolveTarget({ enr: `enr:${bytes.toString('base64url')}` }), refused('BAD_ENR'))
    }),
  )
})

test('the peers of a configuration: by record and multiaddr, without what names nobody', () => {
  const { text, peerId } = record((enr) => {
    enr.ip = '127.0.0.1'
    enr.tcp = 9000
  })
  const texts = [text, `/ip4/127.0.0.1/tcp/9000/p2p/${PEER_ID}`, '/ip4/127.0.0.1/tcp/9000', ...MALFORMED_RECORDS]
  assert.deepEqual([...configuredPeers(texts)], [peerId, PEER_ID])
})
