/** What a noise frame costs each way, stock and our own, over a real socket. Compare only figures of one run. */
import { once } from 'node:events'
import { noise } from '@chainsafe/libp2p-noise'
import { generateKeyPair } from '@libp2p/crypto/keys'
import type { ConnectionEncrypter, MessageStream, PrivateKey } from '@libp2p/interface'
import { isDirectStream } from '../../src/network-worker/host/direct-stream.ts'
import { ownNoise } from '../../src/network-worker/host/noise/noise-encrypter.ts'
import { tcpPair } from '../../test/support/tcp-pair.ts'
import { median } from '../statistics.ts'
import { figure, formatTable } from '../table.ts'

const ROUNDS = 7
/** Bytes handed to the socket before the other end may read: less than the system holds. */
const BURST_BYTES = 200_000

interface Size {
  readonly name: string
  readonly bytes: number
  readonly count: number
  /** How the bytes come from the socket: a frame at a time, or as much as one read takes. */
  readonly chunkBytes: number
}

const SIZES: readonly Size[] = [
  { name: '240 B', bytes: 240, count: 6000, chunkBytes: 258 },
  { name: '67 kB', bytes: 67_000, count: 150, chunkBytes: 65_536 },
]

interface Variant {
  readonly name: string
  readonly create: (privateKey: PrivateKey) => ConnectionEncrypter
  readonly isDirect: boolean
}

const silent = Object.assign(() => undefined, { error: () => undefined, trace: () => undefined, enabled: false })
const log = Object.assign(silent, { newScope: () => log })
const components = (privateKey: PrivateKey) => ({
  privateKey,
  upgrader: { getStreamMuxers: () => new Map() },
  peerId: undefined,
  logger: { forComponent: () => log },
})

const VARIANTS: readonly Variant[] = [
  // Of its components it uses these three and no more.
  { name: 'stock', create: (key) => noise()(components(key) as never), isDirect: false },
  { name: 'own, by events', create: (key) => ownNoise()(components(key)), isDirect: false },
  { name: 'own, directly', create: (key) => ownNoise()(components(key)), isDirect: true },
]

interface Secured extends AsyncDisposable {
  /** The end under test, and the connection under it. */
  readonly near: MessageStream
  readonly under: MessageStream & { onData(bytes: Uint8Array): void }
  readonly far: MessageStream
}

async function secured(variant: Variant, key: PrivateKey): Promise<Secured> {
  const pair = await tcpPair()
  const [near, far] = await Promise.all([
    variant.create(key).secureInbound(pair.accepted, { skipStreamMuxerNegotiation: true }),
    ownNoise()(components(key)).secureOutbound(pair.dialled, { skipStreamMuxerNegotiation: true }),
  ])
  return {
    near: near.connection,
    under: pair.accepted as unknown as Secured['under'],
    far: far.connection,
    [Symbol.asyncDispose]: () => pair[Symbol.asyncDispose](),
  }
}

async function untilThat(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve))
}

/** CPU µs of this thread a message, from the socket's chunk to the one who takes the plaintext. */
async function measureIn(variant: Variant, size: Size, key: PrivateKey): Promise<number> {
  await using connection = await secured(variant, key)
  const { near, under, far } = connection
  const receive = under.onData.bind(under)
  const recorded: Uint8Array[] = []
  let recordedBytes = 0
  under.onData = (chunk) => {
    recorded.push(Buffer.from(chunk)) // what came is lent
    recordedBytes += chunk.length
  }
  const framesEach = Math.ceil(size.bytes / 65_519)
  const sealedBytes = size.count * (size.bytes + 18 * framesEach)
  for (let i = 0; i < size.count; i++) if (!far.send(new Uint8Array(size.bytes))) await once(far, 'drain')
  await untilThat(() => recordedBytes === sealedBytes)
  const sealed = Buffer.concat(recorded)
  const chunks: Uint8Array[] = []
  for (let at = 0; at < sealed.length; at += size.chunkBytes) {
    chunks.push(Buffer.from(sealed.subarray(at, at + size.chunkBytes)))
  }
  let received = 0
  if (variant.isDirect && isDirectStream(near)) {
    near.consumeDirectly((bytes) => {
      received += bytes.length
    })
  } else {
    near.addEventListener('message', ({ data }) => {
      received += data.byteLength
    })
  }
  const before = process.threadCpuUsage()
  for (const chunk of chunks) receive(chunk)
  const { user, system } = process.threadCpuUsage(before)
  if (received !== size.count * size.bytes) throw new Error(`${received} bytes came through`)
  return (user + system) / size.count
}

/** CPU µs of this thread a message, from the plaintext to the end of the system call. */
async function measureOut(variant: Variant, size: Size, key: PrivateKey): Promise<number> {
  await using connection = await secured(variant, key)
  const { near, far } = connection
  let received = 0
  far.addEventListener('message', ({ data }) => {
    received += data.byteLength
  })
  const message = new Uint8Array(size.bytes)
  const burst = Math.floor(BURST_BYTES / size.bytes)
  let cpuMicros = 0
  let sent = 0
  while (sent < size.count) {
    const before = process.threadCpuUsage()
    for (let i = 0; i < burst; i++) near.send(message)
    await new Promise<void>((resolve) => process.nextTick(resolve))
    const { user, system } = process.threadCpuUsage(before)
    cpuMicros += user + system
    sent += burst
    await untilThat(() => received === sent * size.bytes)
  }
  return cpuMicros / sent
}

/** Runs and prints. */
export async function runNoiseBench(): Promise<void> {
  const key = await generateKeyPair('secp256k1')
  const rows: string[][] = []
  for (const size of SIZES) {
    for (const [way, measure] of Object.entries({ in: measureIn, out: measureOut })) {
      const figures = VARIANTS.map((): number[] => [])
      for (let round = 0; round <= ROUNDS; round++) {
        for (const [at, variant] of VARIANTS.entries()) {
          const cost = await measure(variant, size, key)
          if (round > 0) figures[at]?.push(cost) // the first is for the compiler
        }
      }
      rows.push([`${size.name} ${way}`, ...figures.map((costs) => figure(median(costs)))])
    }
  }
  process.stdout.write(formatTable(['noise, µs', ...VARIANTS.map(({ name }) => name)], rows))
}
