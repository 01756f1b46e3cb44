/** Messages through the muxers alone: the two ends are joined by a copy, as the cipher makes one, and nothing else. */
import type { MessageStream, Stream, StreamMuxer } from '@libp2p/interface'
import { yamux } from '@libp2p/yamux'
import type { DirectStream } from '../../src/network-worker/host/direct-stream.ts'
import { type Bytes, piecesOf } from '../../src/network-worker/host/streams/readable-side.ts'
import { ownYamux } from '../../src/network-worker/host/yamux/own-yamux.ts'
import { WireEnd } from '../../test/support/memory-wire.ts'
import { median } from '../statistics.ts'
import { formatTable } from '../table.ts'

/** A message of attestations' size, and a block of 120 kB as it is on the wire. */
const SIZES: readonly Size[] = [
  { sizeBytes: 240, count: 20_000 },
  { sizeBytes: 67_000, count: 1_000 },
]
const ROUNDS = 9

interface Size {
  readonly sizeBytes: number
  /** Messages a round. */
  readonly count: number
}

/** Hands over at once what it is sent. */
class CopyingEnd extends WireEnd {
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
class DirectEnd extends CopyingEnd implements DirectStream {
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
async function openStream(muxing: Muxing, End: typeof CopyingEnd): Promise<Stream> {
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

const VARIANTS: readonly { readonly name: string; readonly muxing: Muxing; readonly End: typeof CopyingEnd }[] = [
  { name: 'the library', muxing: yamux()(), End: CopyingEnd },
  { name: 'own, by events', muxing: ownYamux()(), End: CopyingEnd },
  { name: 'own, directly', muxing: ownYamux()(), End: DirectEnd },
]

/** So that nothing is read in vain. */
const received = { bytes: 0 }

/** CPU µs a message, of both ends together. */
async function measure(stream: Stream, { sizeBytes, count }: Size): Promise<number> {
  const message = new Uint8Array(sizeBytes)
  received.bytes = 0
  const before = process.cpuUsage()
  for (let n = 0; n < count; n++) {
    stream.send(message)
    // As messages come, some at a time: buffers are freed between turns.
    if (n % 100 === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  const { user, system } = process.cpuUsage(before)
  if (received.bytes !== count * sizeBytes) throw new Error(`${received.bytes} bytes came through`)
  return (user + system) / count
}

/** The library's muxer and ours, in turn. */
export async function runMuxerBench(): Promise<void> {
  const rows: string[][] = []
  for (const size of SIZES) {
    const streams = await Promise.all(VARIANTS.map(({ muxing, End }) => openStream(muxing, End)))
    const costs = streams.map((): number[] => [])
    for (let round = 0; round <= ROUNDS; round++) {
      for (const [at, stream] of streams.entries()) {
        const cost = await measure(stream, size)
        if (round > 0) costs[at]?.push(cost) // the first is for the compiler
      }
    }
    rows.push([`${size.sizeBytes} B`, ...costs.map((each) => median(each).toFixed(2))])
  }
  process.stdout.write(formatTable(['yamux, both ends, µs', ...VARIANTS.map(({ name }) => name)], rows))
}
