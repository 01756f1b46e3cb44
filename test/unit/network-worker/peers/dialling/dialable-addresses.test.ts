import assert from 'node:assert/strict'
import { test } from 'node:test'
import { multiaddr } from '@multiformats/multiaddr'
import { dialableAddresses } from '../../../../../src/network-worker/peers/dialling/dialable-addresses.ts'

const ID = '16Uiu2HAmJB7R91zvvnx5P29vfuqpWUvjnCTKhrV4r8YgCpx1N56S'

test('the ports it listens on, at the address it is seen at', () => {
  const listening = ['/ip4/10.0.0.7/tcp/9000', `/ip4/10.0.0.7/udp/9001/quic-v1/p2p/${ID}`, '/ip4/127.0.0.1/tcp/9000']
  assert.deepEqual(
    dialableAddresses(
      '203.0.113.9',
      listening.map((text) => multiaddr(text)),
      ID,
    ),
    [`/ip4/203.0.113.9/tcp/9000/p2p/${ID}`, `/ip4/203.0.113.9/udp/9001/quic-v1/p2p/${ID}`],
  )
})

test('other families, names and transports are left out', () => {
  const listening = ['/ip6/2001:db8::1/tcp/9000', '/dns4/a.example/tcp/9000', '/ip4/10.0.0.7/tcp/9000/ws']
  assert.deepEqual(
    dialableAddresses(
      '203.0.113.9',
      listening.map((text) => multiaddr(text)),
      ID,
    ),
    [],
  )
  assert.deepEqual(
    dialableAddresses(
      '2001:db8::2',
      listening.map((text) => multiaddr(text)),
      ID,
    ),
    [`/ip6/2001:db8::2/tcp/9000/p2p/${ID}`],
  )
})

test('no more than are kept of a peer', () => {
  const listening = Array.from({ length: 50 }, (_, port) => multiaddr(`/ip4/10.0.0.7/tcp/${1000 + port}`))
  assert.equal(dialableAddresses('203.0.113.9', listening, ID).length, 8)
})
