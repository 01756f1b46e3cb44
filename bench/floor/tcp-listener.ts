/** A bare socket of node:net, and our cipher where the bytes lie: what noise is once the handshake is done. */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { TAG_BYTES } from '../../src/network-worker/host/noise/aead.ts'
import { CipherState } from '../../src/network-worker/host/noise/cipher-state.ts'
import { FrameCutter } from '../../src/network-worker/host/noise/frame-cutter.ts'
import { FrameSealer } from '../../src/network-worker/host/noise/frame-sealer.ts'
import { until } from '../../test/support/until.ts'
import type { FloorListener, Link } from './listener.ts'

/** Of ChaCha20-Poly1305 (RFC 8439). */
const KEY_BYTES = 32
/** Nobody is told of arrays: V8 collects them when it will. */
const NOBODY = { count: (): void => undefined }

/** Seals each message for itself and writes it at once, as `noise/secured-stream.ts` does. */
class TcpLink implements Link {
  readonly #socket: Socket
  readonly #sealer: FrameSealer
  /** Receivers only count: nobody else needs the key. */
  readonly #cipher = new CipherState(randomBytes(KEY_BYTES))

  constructor(socket: Socket, sealer: FrameSealer) {
    this.#socket = socket
    this.#sealer = sealer
  }

  send(message: Uint8Array): number {
    const isIdle = this.#socket.writableLength === 0
    const sealed = this.#sealer.seal(this.#cipher, [message], message.length, isIdle)
    this.#socket.write(sealed)
    if (this.#socket.writableLength > 0) this.#sealer.giveAway(sealed)
    return sealed.length
  }
}

/** @param key of the frames that come */
export async function listenTcp(key: Uint8Array): Promise<FloorListener> {
  const sockets: Socket[] = []
  const sealer = new FrameSealer(NOBODY)
  let receivedBytes = 0
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.push(socket)
    const cipher = new CipherState(key)
    const cutter = new FrameCutter((bytes, start, end) => {
      cipher.openInPlace(bytes, start, end)
      receivedBytes += end - start - TAG_BYTES
      return true
    })
    socket.on('data', (chunk) => cutter.push(chunk))
    socket.on('error', () => socket.destroy()) // what is lost by it is counted at the other end
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port to listen on')
  return {
    address: `/ip4/127.0.0.1/tcp/${address.port}`,
    get receivedBytes() {
      return receivedBytes
    },
    async links(count) {
      await until(`${count} connections`, () => sockets.length >= count)
      return sockets.map((socket) => new TcpLink(socket, sealer))
    },
  }
}
