/** Messages through the muxers alone: the two ends are joined by a copy, as the cipher makes one, and nothing else. */
import type { MessageStream, Stream, StreamMuxer } from '@libp2p/interface'
import { yamux } from '@libp2p/yamux'
import { bench, group } from 'mitata'
import type { DirectStream } from '../../src/network-worker/host/direct-stream.ts'
import { ownYamux } from '../../src/network-worker/host/yamux/own-yamux.ts'
import { type Bytes, piecesOf } from '../../src/network-worker/host/yamux/readable-side.ts'
import { WireEnd } from '../../test/support/memory-wire.ts'

/** A message of attestations' size, and a block of 120 kB as it is on the wire. */
const SIZES = [240, 67_000]

/** Hands over at once what it is sent. */
export class CopyingEnd extends WireEnd {
  other: CopyingEnd | undefined

  override send(data: Bytes): boolean {
    this.other?.take(Buffer.concat([...piecesOf(data)]))
    return true
  }

  take(bytes: Uint8Array): void {
    this.deliverHere(bytes)
  }
}

/** With the short way that our own noise offers. */
export class DirectEnd extends CopyingEnd implements DirectStream {
  #consume: ((bytes: Uint8Array) => void) | undefined

  consumeDirectly(consume: (bytes: Uint8Array) => void): void {
    this.#consume = consume
  }

  sendPieces(pieces: readonly Uint8Array[]): boolean {
    this.other?.take(Buffer.concat(pieces))
    return true
  }

  override take(bytes: Uint8Array): void {
    this.#consume?.(bytes)
  }
}

interface Muxing {
  createStreamMuxer(connection: MessageStream): StreamMuxer
}

/** A stream on one side whose bytes are counted on the other. */
export async function openStream(muxing: Muxing, End: typeof CopyingEnd): Promise<Stream> {
  const [near, far] = [new End('outbound', Number.POSITIVE_INFINITY), new End('inbound', Number.POSITIVE_INFINITY)]
  near.other = far
  far.other = near
  const listening = muxing.createStreamMuxer(far)
  listening.addEventListener('stream', ({ detail }) => {
    detail.addEventListener('message', ({ data }) => {
      received.bytes += data.byteLength
    })
  })
  return await muxing.createStreamMuxer(near).createStream()
}

/** So that nothing is read in vain. */
export const received = { bytes: 0 }

/** The library's muxer and ours, one message a time. */
export async function muxerBenches(): Promise<void> {
  const library = yamux()()
  const own = ownYamux()()
  const variants: readonly (readonly [string, Stream])[] = [
    ['the library', await openStream(library, CopyingEnd)],
    ['ours, on a connection of the library', await openStream(own, CopyingEnd)],
    ['ours, on a connection of ours', await openStream(own, DirectEnd)],
  ]
  for (const sizeBytes of SIZES) {
    const message = new Uint8Array(sizeBytes)
    group(`${sizeBytes} B through yamux`, () => {
      for (const [name, stream] of variants) bench(name, () => stream.send(message))
    })
  }
}
