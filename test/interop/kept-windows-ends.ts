/** Inside a network namespace: two nodes a far link apart. Prints how long a block takes each way after a silence. */
import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Stream } from '@libp2p/interface'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { FarLink } from '../../bench/macro/far-link.ts'
import { WindowUpkeep } from '../../src/network-worker/host/congestion/window-upkeep.ts'
import { ownNoise } from '../../src/network-worker/host/noise/noise-encrypter.ts'
import { ownYamux } from '../../src/network-worker/host/yamux/own-yamux.ts'
import { systemClock } from '../../src/shared/clock.ts'

/** Some fifty packets, as a block of 120 kB is. */
const BYTES = 70_000
/** Enough to grow a window from ten packets, with the round trips between. */
const GROWING_BLOCKS = 4
const SILENCE_MS = 2_500
const PROTOCOL = '/block/1'

export interface AfterSilence {
  readonly toFarMs: number
  readonly toNearMs: number
  readonly pings: number
}

const [roundTripMs, keeping] = process.argv.slice(2)

/** What is received of a stream, block by block: `next` waits for the rest of one. */
class Blocks {
  #bytes = 0
  #whole = Promise.withResolvers<void>()

  constructor(stream: Stream) {
    stream.addEventListener('message', ({ data }) => {
      this.#bytes += data.subarray().length
      if (this.#bytes < BYTES) return
      this.#bytes -= BYTES
      this.#whole.resolve()
      this.#whole = Promise.withResolvers<void>()
    })
  }

  next(): Promise<void> {
    return this.#whole.promise
  }
}

async function sendTo(stream: Stream, blocks: Blocks): Promise<number> {
  const whole = blocks.next()
  const sentMs = performance.now()
  stream.send(randomBytes(BYTES))
  await whole
  return performance.now() - sentMs
}

await using link = await FarLink.open({ roundTripMs: Number(roundTripMs), congestionControl: 'reno' })
const upkeep = keeping === 'keeping' ? new WindowUpkeep(systemClock) : undefined
const common = { transports: [tcp()], connectionEncrypters: [ownNoise()], connectionMonitor: { enabled: false } }
const near = await createLibp2p({ ...common, streamMuxers: [ownYamux({}, systemClock, upkeep)] })
const listen = ['/ip4/127.0.0.1/tcp/0']
const far = await createLibp2p({ ...common, streamMuxers: [yamux()], addresses: { listen } })
const opened = Promise.withResolvers<Stream>()
await far.handle(PROTOCOL, (stream) => opened.resolve(stream))
const toFar = await near.dialProtocol(multiaddr(link.farAddress(`${far.getMultiaddrs()[0]}`)), PROTOCOL)
const toNear = await opened.promise
const [atFar, atNear] = [new Blocks(toNear), new Blocks(toFar)]
for (let block = 0; block < GROWING_BLOCKS; block++) {
  await sendTo(toFar, atFar)
  await sendTo(toNear, atNear)
}
await sleep(SILENCE_MS)
const toFarMs = await sendTo(toFar, atFar)
await sleep(SILENCE_MS)
const toNearMs = await sendTo(toNear, atNear)
await Promise.all([near.stop(), far.stop()])
const after: AfterSilence = { toFarMs, toNearMs, pings: upkeep?.pings ?? 0 }
process.stdout.write(JSON.stringify(after))
