import type { ConnectionGater } from '@libp2p/interface'
import type { PeerDirection } from '../../rpc/peer-views.ts'
import type { PeerIdStr } from '../../shared/ids.ts'
import { placeOf } from './address-place.ts'
import { ipOf } from './addresses.ts'
import { HalfOpenConnections } from './half-open.ts'
import type { InboundLimiter } from './inbound-limiter.ts'
import { AnswerBound } from './negotiation/answer-bound.ts'

/** Who may be connected. Asked on each connection: implementations only look up. */
export interface ConnectionGate {
  /** Of an inbound connection, before anything is spent on encryption. */
  admitsAddress(ip: string): boolean
  /**
   * Once it is proven who is there, and of a dial before it starts: then, and for addresses that are no IP, `ip` is
   * undefined. An outbound connection is asked about twice, since a ban may fall while it is being dialled.
   */
  admitsPeer(peerId: PeerIdStr, ip: string | undefined, direction: PeerDirection): boolean
}

/** The gate as libp2p asks it. TCP and QUIC go the same way: QUIC, encrypted from its first packet, passes both steps at once. */
export function connectionGater(gate: ConnectionGate, limiter: InboundLimiter): ConnectionGater {
  const halfOpen = new HalfOpenConnections()
  const answers = new AnswerBound()
  return {
    // libp2p's default refuses private addresses; a relay on a devnet or behind a VPN must dial them.
    denyDialMultiaddr: () => false,
    denyDialPeer: (peerId) => !gate.admitsPeer(peerId.toString(), undefined, 'outbound'),
    denyInboundConnection: (connection) => {
      const { remoteAddr } = connection
      const ip = ipOf(remoteAddr)
      // The ban goes first: who is banned takes no place in the limiter's count.
      if (ip !== undefined && !gate.admitsAddress(ip)) return true
      if (!limiter.admit(ip ?? remoteAddr.toString())) return true
      halfOpen.enter((ip && placeOf(ip)) ?? '', connection)
      answers.put(connection)
      return false
    },
    denyInboundUpgradedConnection: (_peerId, connection) => {
      halfOpen.leave(connection)
      return false
    },
    denyInboundEncryptedConnection: (peerId, connection) => {
      answers.lift(connection)
      return !gate.admitsPeer(peerId.toString(), ipOf(connection.remoteAddr), 'inbound')
    },
    denyOutboundEncryptedConnection: (peerId, { remoteAddr }) =>
      !gate.admitsPeer(peerId.toString(), ipOf(remoteAddr), 'outbound'),
  }
}
