import assert from 'node:assert/strict'
import { test } from 'node:test'
import { multiaddr } from '@multiformats/multiaddr'
import fc from 'fast-check'
import {
  boundPort,
  endpointAddresses,
  ipOf,
  parseMultiaddr,
  publicAddresses,
  tellable,
  withoutPeerId,
} from '../../../../src/network-worker/host/addresses.ts'

const PEER_ID = '16Uiu2HAmTH7nf3R5Ky5keaa9V21JL9jcjskHCXZZpr7VeUsnZk1m'

test('the host part is an address of either family; names and other protocols have none', () => {
  assert.equal(ipOf(multiaddr('/ip4/1.2.3.4/tcp/9000')), '1.2.3.4')
  assert.equal(ipOf(multiaddr('/ip6/2001:db8::1/udp/9001/quic-v1')), '2001:db8::1')
  assert.equal(ipOf(multiaddr('/dns4/relay.example/tcp/9000')), undefined)
  assert.equal(ipOf(multiaddr(`/p2p/${PEER_ID}`)), undefined)
})

test('a trailing peer id is cut off, and only that', () => {
  assert.equal(withoutPeerId(multiaddr(`/ip4/1.2.3.4/tcp/9000/p2p/${PEER_ID}`)), '/ip4/1.2.3.4/tcp/9000')
  assert.equal(withoutPeerId(multiaddr('/ip4/1.2.3.4/udp/9001/quic-v1')), '/ip4/1.2.3.4/udp/9001/quic-v1')
})

test('we listen on TCP, then QUIC, on those that are on', () => {
  const address = '0.0.0.0'
  assert.deepEqual(endpointAddresses({ address, tcpPort: 9000, quicPort: 9001 }), [
    '/ip4/0.0.0.0/tcp/9000',
    '/ip4/0.0.0.0/udp/9001/quic-v1',
  ])
  assert.deepEqual(endpointAddresses({ address, tcpPort: undefined, quicPort: 0 }), ['/ip4/0.0.0.0/udp/0/quic-v1'])
  assert.deepEqual(endpointAddresses({ address: '::', tcpPort: 9000, quicPort: undefined }), ['/ip6/::/tcp/9000'])
})

test('public addresses: TCP before QUIC, each with the peer id exactly once', () => {
  const bound = ['/ip4/1.2.3.4/udp/9001/quic-v1', `/ip4/1.2.3.4/tcp/9000/p2p/${PEER_ID}`, '/ip4/10.0.0.1/tcp/9000'].map(
    (text) => multiaddr(text),
  )
  assert.deepEqual(publicAddresses(bound, PEER_ID), [
    `/ip4/1.2.3.4/tcp/9000/p2p/${PEER_ID}`,
    `/ip4/10.0.0.1/tcp/9000/p2p/${PEER_ID}`,
    `/ip4/1.2.3.4/udp/9001/quic-v1/p2p/${PEER_ID}`,
  ])
})

test('what is advertised leads within its transport, and is there once', () => {
  const bound = ['/ip4/10.0.0.1/udp/9001/quic-v1', '/ip4/10.0.0.1/tcp/9000', '/ip4/1.2.3.4/tcp/9000'].map((text) =>
    multiaddr(text),
  )
  const advertised = [
    { address: '1.2.3.4', tcpPort: 9000, quicPort: 9001 },
    { address: '2001:0DB8:0::5', tcpPort: 9000, quicPort: undefined },
  ]
  assert.deepEqual(publicAddresses(bound, PEER_ID, advertised), [
    `/ip4/1.2.3.4/tcp/9000/p2p/${PEER_ID}`,
    `/ip6/2001:db8::5/tcp/9000/p2p/${PEER_ID}`,
    `/ip4/10.0.0.1/tcp/9000/p2p/${PEER_ID}`,
    `/ip4/1.2.3.4/udp/9001/quic-v1/p2p/${PEER_ID}`,
    `/ip4/10.0.0.1/udp/9001/quic-v1/p2p/${PEER_ID}`,
  ])
})

test('link-local addresses are nothing to tell others', () => {
  const told = ['/ip6/fe80::1/tcp/9000', '/ip6/febf::1/udp/1/quic-v1', '/ip4/169.254.7.7/tcp/9000']
  const kept = [
    '/ip6/fd00::2/tcp/9000',
    '/ip6/fec0::1/tcp/9000',
    '/ip4/169.25.4.1/tcp/9000',
    '/dns4/fe80.example/tcp/1',
  ]
  const addresses = [...told, ...kept].map((text) => multiaddr(text))
  assert.deepEqual(tellable(addresses).map(String), kept)
})

test('the bound port is of the transport and the family asked for', () => {
  const bound = [
    '/ip4/127.0.0.1/udp/4001/quic-v1',
    '/ip4/127.0.0.1/tcp/4002',
    '/ip6/::1/udp/6001/quic-v1',
    '/ip6/::1/tcp/6002',
    '/dns4/relay.example/tcp/9000',
  ].map((text) => multiaddr(text))
  assert.equal(boundPort(bound, 'tcp', 4), 4002)
  assert.equal(boundPort(bound, 'quic', 4), 4001)
  assert.equal(boundPort(bound, 'tcp', 6), 6002)
  assert.equal(boundPort(bound, 'quic', 6), 6001)
  assert.equal(boundPort([], 'tcp', 4), undefined)
  assert.equal(boundPort(bound.slice(0, 1), 'tcp', 4), undefined)
  assert.equal(boundPort(bound.slice(0, 2), 'tcp', 6), undefined)
})

test('any text parses to a multiaddr that prints as itself, or to nothing', () => {
  const part = fc.constantFrom('ip4', '1.2.3.4', 'ip6', '::1', 'tcp', '9000', 'p2p', PEER_ID, 'quic-v1', 'udp', '')
  const text = fc.oneof(
    fc.string(),
    fc.array(part, { maxLength: 8 }).map((parts) => `/${parts.join('/')}`),
  )
  fc.assert(
    fc.property(text, (candidate) => {
      const parsed = parseMultiaddr(candidate)
      if (parsed !== undefined) assert.equal(multiaddr(parsed.toString()).toString(), parsed.toString())
    }),
  )
})
