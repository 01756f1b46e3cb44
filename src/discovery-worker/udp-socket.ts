import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { isIPv6 } from 'node:net'
import type { UdpBind } from '../rpc/discovery-contract.ts'
import { RelayError } from '../shared/errors.ts'

/** Half a second of this thread's pause while all lookups are being answered; systems may allow less, and then do. */
const RECEIVE_BUFFER_BYTES = 1024 * 1024
const SEND_BUFFER_BYTES = 256 * 1024

export interface BoundSocket {
  readonly socket: Socket
  /** With the port it got. */
  readonly bind: UdpBind
}

/** Opens and binds a socket of the address's family, and of that one alone. @throws RelayError LISTEN_FAILED */
export async function openUdpSocket({ address, port }: UdpBind): Promise<BoundSocket> {
  const socket = createSocket({
    type: isIPv6(address) ? 'udp6' : 'udp4',
    ipv6Only: isIPv6(address), // so that IPv4 may have the same port
    recvBufferSize: RECEIVE_BUFFER_BYTES,
    sendBufferSize: SEND_BUFFER_BYTES,
  })
  try {
    socket.bind(port, address)
    await once(socket, 'listening')
  } catch (cause) {
    socket.close()
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new RelayError('LISTEN_FAILED', `cannot listen on UDP ${address} port ${port}: ${why}`, {}, { cause })
  }
  return { socket, bind: { address, port: socket.address().port } }
}
