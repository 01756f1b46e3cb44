/** A peer that is written by hand from the socket or from the cipher on, to send what no library would. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { encodedProposal } from '../../src/network-worker/host/negotiation/proposal-reader.ts'
import type { CipherState } from '../../src/network-worker/host/noise/cipher-state.ts'
import { encodePayload, signStaticKey } from '../../src/network-worker/host/noise/handshake-payload.ts'
import { generateKeyPair as generateNoiseKeys } from '../../src/network-worker/host/noise/x25519.ts'
import { XxHandshake } from '../../src/network-worker/host/noise/xx-handshake.ts'

const NOTHING = new Uint8Array()
const MULTISTREAM = '/multistream/1.0.0'
/** Plaintext of a frame of noise. */
const FRAME_BYTES = 60_000

export const proposed = (...names: readonly string[]): Buffer => Buffer.concat(names.map(encodedProposal))

/** The same without end. */
export function* again(bytes: Uint8Array): Generator<Uint8Array> {
  for (;;) yield bytes
}

/** `bytes`, `times` in a row. */
export const repeated = (bytes: Uint8Array, times: number): Buffer => Buffer.alloc(bytes.length * times, bytes)

export class FloodingPeer implements Disposable {
  readonly #socket: Socket
  #sending: CipherState | undefined
  #received = 0

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('error', () => undefined) // it is cut off in the middle of a write
    socket.on('data', (bytes) => (this.#received += bytes.length))
  }

  /** On bare TCP: nobody knows who it is. @param address a multiaddr of TCP over IPv4 */
  static async inClear(address: string): Promise<FloodingPeer> {
    const [, host, port] = /^\/ip4\/([^/]+)\/tcp\/(\d+)/.exec(address) ?? []
    const socket = connect({ host: host ?? '', port: Number(port), noDelay: true })
    await once(socket, 'connect')
    return new FloodingPeer(socket)
  }

  /** After the handshake of noise. @param muxers named in it; without any, the muxer is to be agreed on next */
  static async secured(address: string, muxers: readonly string[]): Promise<FloodingPeer> {
    const peer = await FloodingPeer.inClear(address)
    const socket = peer.#socket
    const inbox = new Inbox(socket)
    socket.write(proposed(MULTISTREAM, '/noise'))
    await inbox.take(proposed(MULTISTREAM, '/noise').length)
    const staticKeys = generateNoiseKeys()
    const handshake = new XxHandshake({ role: 'initiator', staticKeys })
    socket.write(framed(handshake.write(NOTHING)))
    const length = await inbox.take(2)
    handshake.read(await inbox.take(length.readUInt16BE()))
    const key = await generateKeyPair('secp256k1')
    socket.write(framed(handshake.write(encodePayload(key, await signStaticKey(key, staticKeys.publicKey), muxers))))
    peer.#sending = handshake.finish().sending
    peer.#received = 0
    inbox.end()
    return peer
  }

  get isCutOff(): boolean {
    return this.#socket.destroyed
  }

  /** Bytes that came after the handshake, as they are on the wire. */
  get received(): number {
    return this.#received
  }

  /** Sends bytes, sealed if it has shaken hands; a turn later, that the relay in the same thread has its own. */
  async send(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; at += FRAME_BYTES) {
      if (this.#socket.destroyed) return
      const piece = bytes.subarray(at, at + FRAME_BYTES)
      this.#socket.write(this.#sending === undefined ? piece : framed(this.#sending.encrypt(piece, NOTHING)))
      await delay(1)
    }
  }

  /** Sends what there is, one after the other, until it is cut off. @throws Error when it is not */
  async flood(pieces: Iterable<Uint8Array>, timeoutMs: number): Promise<void> {
    const startMs = performance.now()
    for (const bytes of pieces) {
      if (this.isCutOff) return
      if (performance.now() - startMs > timeoutMs) throw new Error(`not cut off within ${timeoutMs} ms`)
      await this.send(bytes)
    }
  }

  [Symbol.dispose](): void {
    this.#socket.destroy()
  }
}

function framed(message: Uint8Array): Buffer {
  return Buffer.concat([Uint8Array.of(message.length >> 8, message.length & 0xff), message])
}

/** What comes while a handshake is made. */
class Inbox {
  readonly #socket: Socket
  #bytes: Buffer = Buffer.alloc(0)
  readonly #onData = (bytes: Buffer): void => {
    this.#bytes = Buffer.concat([this.#bytes, bytes])
  }

  constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', this.#onData)
  }

  /** What comes is no more of interest. */
  end(): void {
    this.#socket.off('data', this.#onData)
  }

  /** The next `bytes`. */
  async take(bytes: number): Promise<Buffer> {
    while (this.#bytes.length < bytes) await once(this.#socket, 'data')
    const taken = this.#bytes.subarray(0, bytes)
    this.#bytes = this.#bytes.subarray(bytes)
    return taken
  }
}
