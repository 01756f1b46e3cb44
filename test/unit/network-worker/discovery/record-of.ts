import type { NodeRecord } from '../../../../src/shared/node-record.ts'

/** The `number`th node's record: of mainnet in 2026, reachable, and in a /16 of its own up to the 65,000th. */
export function recordOf(number: number, overrides: Partial<NodeRecord> = {}): NodeRecord {
  const ip = ipOf(number)
  const peerId = overrides.peerId ?? peerOf(number)
  const seq = overrides.seq ?? '1'
  return {
    enr: `enr:${peerId}/${seq}`,
    peerId,
    nodeIdHex: number.toString(16).padStart(64, '0'),
    seq,
    ip,
    udp: 9000,
    ip6: undefined,
    udp6: undefined,
    addresses: [`/ip4/${ip}/tcp/9000/p2p/${peerId}`],
    forkDigestHex: '8c9f62fe',
    nextForkVersionHex: '06000000',
    nextForkEpoch: Number.POSITIVE_INFINITY,
    nextForkDigestHex: '00000000',
    attnetsHex: '0000000000000000',
    syncnetsHex: '00',
    custodyGroupCount: 4,
    ...overrides,
  }
}

export function peerOf(number: number): string {
  return `peer${number}`
}

export function ipOf(number: number): string {
  return `${1 + (number >> 8)}.${number & 255}.7.9`
}
