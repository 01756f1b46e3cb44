/**
 * The few peers, ranges and agents that random calls are about. Everybody's records are real and signed; two peers
 * really listen, the others would be at ports of loopback where nobody answers.
 */
import { SignableENR } from '@chainsafe/enr'
import { generateKeyPair, privateKeyFromRaw } from '@libp2p/crypto/keys'
import type { PrivateKey } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'

/** TCP "discard": a port below 1024 that no test binds. */
const CLOSED_PORT = 9

export interface PoolPeer {
  readonly peerId: string
  readonly enr: string
  /** The same place as the record's, ending in `/p2p/<id>`. */
  readonly address: string
  /** Another place of the same peer. */
  readonly otherAddress: string
  readonly privateKey: PrivateKey
}

/** A signed record of a peer that listens on TCP at 127.0.0.1. */
export function poolPeer(privateKey: PrivateKey, port = CLOSED_PORT): PoolPeer {
  const record = SignableENR.createV4(privateKey.raw)
  record.ip = '127.0.0.1'
  record.tcp = port
  const peerId = peerIdFromPrivateKey(privateKey).toString()
  return {
    peerId,
    enr: record.encodeTxt(),
    address: `/ip4/127.0.0.1/tcp/${port}/p2p/${peerId}`,
    otherAddress: `/ip4/127.0.0.2/tcp/${CLOSED_PORT}/p2p/${peerId}`,
    privateKey,
  }
}

/** A peer of its own for each number: the same in every run. */
export function numberedPeer(number: number): PoolPeer {
  const raw = Buffer.alloc(32, 0x11)
  raw.writeUInt32BE(number + 1)
  return poolPeer(privateKeyFromRaw(raw))
}

/** A secp256k1 identity for a peer that will listen. */
export function freshIdentity(): Promise<PrivateKey> {
  return generateKeyPair('secp256k1')
}

/** What an operator types for a range, and the name the range then has; the second of a pair is typed already so. */
export const RANGES: readonly (readonly [typed: string, cidr: string])[] = [
  ['192.0.2.77/24', '192.0.2.0/24'],
  ['192.0.2.0/24', '192.0.2.0/24'],
  ['192.0.2.5', '192.0.2.5/32'],
  ['198.51.100.129/25', '198.51.100.128/25'],
  ['::ffff:203.0.113.9', '203.0.113.9/32'],
  ['2001:DB8:0:0::1/32', '2001:db8::/32'],
  ['2001:db8::5', '2001:db8::5/128'],
  ['127.0.0.1', '127.0.0.1/32'],
]

export const BAD_RANGES: readonly string[] = [
  '300.1.1.1',
  '10.0.0.0/33',
  '010.0.0.1',
  '10.0.0.0/8/8',
  '10.0.0.0/',
  '10.1/16',
  '2001:db8::/129',
  'fe80::1%eth0',
  'localhost',
]

/** Typed, and as it is kept. The last one is in the agent string of the peers that listen. */
export const AGENTS: readonly (readonly [typed: string, agent: string])[] = [
  ['Prysm', 'prysm'],
  ['prysm', 'prysm'],
  ['teku/25.6.0', 'teku/25.6.0'],
  ['A b/c', 'a b/c'],
  ['Loopback-Peer', 'loopback-peer'],
]

/** As the two peers that listen call themselves. */
export const LIVE_AGENT = 'Loopback-Peer/1'

export const BAD_AGENTS: readonly string[] = ['x'.repeat(129), 'line\nbreak', 'ümlaut', '\u0000']
