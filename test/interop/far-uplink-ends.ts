/** Inside a network namespace: packets in a row through a far link, from its narrow end and to it. Prints what came of them. */
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import { FarLink } from '../../bench/macro/far-link.ts'

const DATAGRAM_BYTES = 1_200
/** Room for all of them at a reader that the machine lets wait: what the system gives by itself holds ninety. It allows as much. */
const RECEIVE_BUFFER_BYTES = 212_992
/** Longer than anything is under way here. */
const SETTLED_MS = 500

export interface Arrivals {
  readonly count: number
  /** From the first packet sent to the last one that came. */
  readonly tookMs: number
}

export interface BothWays {
  readonly out: Arrivals
  readonly in: Arrivals
  readonly lost: number
}

async function bound(address: string): Promise<Socket> {
  const socket = createSocket({ type: 'udp4', recvBufferSize: RECEIVE_BUFFER_BYTES }).bind(0, address)
  await once(socket, 'listening')
  return socket
}

async function burst(from: Socket, to: Socket, address: string, packets: number): Promise<Arrivals> {
  let count = 0
  let lastMs = 0
  const sentMs = performance.now()
  to.on('message', () => {
    count++
    lastMs = performance.now()
  })
  for (let left = packets; left > 0; left--) from.send(new Uint8Array(DATAGRAM_BYTES), to.address().port, address)
  await setTimeout(SETTLED_MS)
  to.removeAllListeners('message')
  return { count, tookMs: lastMs - sentMs }
}

const [packets = 0, mbits = 0, bufferMs = 0] = process.argv.slice(2).map(Number)
await using link = await FarLink.open({ roundTripMs: 2, congestionControl: 'reno', uplink: { mbits, bufferMs } })
const far = link.farAddress('127.0.0.1')
const [near, listener] = [await bound('0.0.0.0'), await bound('127.0.0.1')]
const seen: BothWays = {
  in: await burst(near, listener, far, packets),
  out: await burst(listener, near, far, packets),
  lost: await link.lostAtUplink(),
}
near.close()
listener.close()
process.stdout.write(JSON.stringify(seen))
