/** A UDP socket that sends whatever it is told to, and keeps what comes back; and packets of a real node, recorded. */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { encodePacket } from '@chainsafe/discv5/packet'
import type { Discv5Node } from './discv5-node.ts'

/** Packets kept of what comes back. */
const MAX_KEPT = 10_000

export interface UdpStranger extends AsyncDisposable {
  readonly port: number
  readonly received: readonly Uint8Array[]
  send(bytes: Uint8Array, address: string, port: number): Promise<void>
}

export async function openStranger(address: string, port = 0): Promise<UdpStranger> {
  const socket = createSocket('udp4')
  const received: Uint8Array[] = []
  socket.on('message', (data) => {
    if (received.length < MAX_KEPT) received.push(new Uint8Array(data))
  })
  socket.bind(port, address)
  await once(socket, 'listening')
  return {
    port: socket.address().port,
    received,
    send: (bytes, to, toPort) =>
      new Promise((resolve, reject) =>
        socket.send(bytes, toPort, to, (err) => (err === null ? resolve() : reject(err))),
      ),
    [Symbol.asyncDispose]: () => new Promise((resolve) => socket.close(() => resolve())),
  }
}

/** Everything that `node` sends to the node with id `toId` from now on, byte for byte. */
export function recordPackets(node: Discv5Node, toId: string): readonly Uint8Array[] {
  const recorded: Uint8Array[] = []
  const { transport } = node.discv5.sessionService
  const send = transport.send.bind(transport)
  transport.send = (to, id, packet) => {
    if (id === toId) recorded.push(encodePacket(id, packet))
    return send(to, id, packet)
  }
  return recorded
}
