import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** A port of loopback in front of another: whoever connects is led on once the door is opened. */
export interface HeldDoor extends AsyncDisposable {
  readonly port: number
  /** Connections that came, waiting or led on. */
  readonly callers: number
  open(): void
}

/** @param port of loopback, where connections are led to */
export async function holdDoor(port: number): Promise<HeldDoor> {
  const opened = Promise.withResolvers<void>()
  const sockets = new Set<Socket>()
  let callers = 0
  const server = createServer((caller) => {
    callers++
    void opened.promise.then(() => {
      const inside = connect(port, '127.0.0.1')
      caller.pipe(inside).pipe(caller)
      keep(inside, caller)
    })
    keep(caller)
  })
  function keep(socket: Socket, partner?: Socket): void {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => partner?.destroy())
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('a server without a port')
  return {
    port: address.port,
    get callers() {
      return callers
    },
    open: opened.resolve,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
