/** Inside a network namespace: two ends of a far link, over TCP and over UDP. Prints what each exchange took and brought. */
import { createHash, randomBytes } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { FarLink } from '../../bench/macro/far-link.ts'

/** Some fifty packets, as a block of 120 kB is. */
const BYTES = 70_000
const DATAGRAM_BYTES = 1_200

export interface Exchange {
  readonly ms: number
  readonly isWhole: boolean
  /** Whom the listener saw. */
  readonly peer: string
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** Sends the bytes over a connection that is there, and waits for their hash. */
async function overTcp(address: string): Promise<Exchange> {
  let peer = ''
  const hash = async (socket: Socket): Promise<void> => {
    peer = socket.remoteAddress ?? ''
    const chunks: Buffer[] = []
    for await (const chunk of socket) chunks.push(chunk)
    socket.end(sha256(Buffer.concat(chunks)))
  }
  const server = createServer({ allowHalfOpen: true }, (socket) => void hash(socket)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const socket = connect({ host: address, port: (server.address() as AddressInfo).port, allowHalfOpen: true })
  await once(socket, 'connect')
  const bytes = randomBytes(BYTES)
  const sentMs = performance.now()
  socket.end(bytes)
  const [answer] = await once(socket, 'data')
  const ms = performance.now() - sentMs
  server.close()
  socket.destroy()
  return { ms, isWhole: String(answer) === sha256(bytes), peer }
}

async function overUdp(address: string): Promise<Exchange> {
  let peer = ''
  const listener = createSocket('udp4').bind(0, '127.0.0.1')
  await once(listener, 'listening')
  listener.on('message', (message, from) => {
    peer = from.address
    listener.send(message, from.port, from.address)
  })
  const socket = createSocket('udp4')
  const bytes = randomBytes(DATAGRAM_BYTES)
  const sentMs = performance.now()
  socket.send(bytes, listener.address().port, address)
  const [answer] = (await once(socket, 'message')) as [Buffer]
  const ms = performance.now() - sentMs
  listener.close()
  socket.close()
  return { ms, isWhole: answer.equals(bytes), peer }
}

await using link = await FarLink.open({ roundTripMs: Number(process.argv[2]), congestionControl: 'reno' })
const address = link.farAddress('127.0.0.1')
const exchanges = { tcp: await overTcp(address), udp: await overUdp(address) }
await link.requireNoLoss()
process.stdout.write(JSON.stringify(exchanges))
