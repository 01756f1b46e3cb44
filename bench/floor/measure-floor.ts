/** What a delivered message costs at least: to receive it once and to send it to all, each half on its own. */
import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { compressBlock } from '../../src/consensus/snappy/snappy-block.ts'
import { SUBSCRIBERS } from '../macro/load-generator.ts'
import { measureRelay, type RunIdentity, type TrafficFigures } from '../macro/measure-relay.ts'
import type { LoadStream } from '../macro/traffic.ts'
import { stampedPayload } from '../payloads/stamped-payload.ts'
import type { BenchRun, ClassFigures } from '../run-record.ts'
import { FloorEnd } from './floor-end.ts'

/** Made before they are due, and sent in turn. */
const MESSAGES = 16
/** How long what was sent may take to arrive. */
const DRAIN_MS = 3_000
const DRAIN_STEP_MS = 50

export interface FloorTimes {
  readonly seconds: number
  readonly warmupSeconds: number
}

interface Exchange {
  readonly source: FloorEnd
  readonly sink: FloorEnd
  readonly receivers: number
  readonly className: string
  readonly ratePerSecond: number
  /** Mean size of the messages. */
  readonly wireBytes: number
}

/** A run of both halves. @throws Error without Go, or when an end fails */
export async function measureFloor(
  stream: LoadStream,
  about: Omit<RunIdentity, 'seconds'>,
  times: FloorTimes,
): Promise<BenchRun> {
  const messages = wireMessages(stream)
  const sending = await measureHalf('sending', stream, messages, about, times)
  const receiving = await measureHalf('receiving', stream, messages, about, times)
  return floorRun(sending, receiving, SUBSCRIBERS)
}

/** What the generator of `chain` would publish, as it goes over the wire. */
function wireMessages({ shape, topics }: LoadStream): readonly Uint8Array[] {
  const gossipName = topics[0]?.split('/')[3] ?? ''
  return Array.from({ length: MESSAGES }, (_, serial) => {
    const slot = serial + 1
    return compressBlock(stampedPayload(shape, { slot, slotStartSeconds: slot, gossipName, turn: serial, serial }))
  })
}

async function measureHalf(
  half: 'sending' | 'receiving',
  { name, ratePerSecond }: LoadStream,
  messages: readonly Uint8Array[],
  about: Omit<RunIdentity, 'seconds'>,
  { seconds, warmupSeconds }: FloorTimes,
): Promise<BenchRun> {
  await using measured = FloorEnd.listening()
  await using other = await FloorEnd.dialling()
  const isSending = half === 'sending'
  const receivers = isSending ? SUBSCRIBERS : 1
  const key = randomBytes(32).toString('base64')
  const address = await measured.listen({ transport: about.variant.transport, key })
  await other.dial({ address, connections: receivers, key })
  const [source, sink] = isSending ? [measured, other] : [other, measured]
  await source.prepare({ receivers, messages: messages.map((bytes) => Buffer.from(bytes).toString('base64')) })
  const wireBytes = messages.reduce((sum, { length }) => sum + length, 0) / messages.length
  const exchange = { source, sink, receivers, className: isSending ? name : `${name}, in`, ratePerSecond, wireBytes }
  if (warmupSeconds > 0) await exchanged(exchange, warmupSeconds)
  return await measureRelay(measured, () => exchanged(exchange, seconds), { ...about, seconds })
}

/** Sends for `seconds` and waits for the last bytes. What did not come then is lost. */
async function exchanged(exchange: Exchange, seconds: number): Promise<TrafficFigures> {
  const { source, sink, receivers, className, ratePerSecond, wireBytes } = exchange
  const beforeBytes = await sink.receivedBytes()
  const { sent, bytes, maxLagMs } = await source.send({ ratePerSecond, seconds })
  const endMs = performance.now() + DRAIN_MS
  let cameBytes = (await sink.receivedBytes()) - beforeBytes
  while (cameBytes < bytes && performance.now() < endMs) {
    await delay(DRAIN_STEP_MS)
    cameBytes = (await sink.receivedBytes()) - beforeBytes
  }
  const expected = sent * receivers
  const delivered = bytes === 0 ? 0 : Math.floor(expected * Math.min(1, cameBytes / bytes))
  const counts = { published: sent, expected, delivered, duplicates: 0, wireBytes: Math.round(wireBytes) }
  return { classes: [{ name: className, ...counts, ...NOT_TIMED }], lagMs: maxLagMs }
}

/** Nobody reads the clock at either end. */
const NOT_TIMED: Pick<ClassFigures, 'p50Ms' | 'p90Ms' | 'p99Ms' | 'maxMs'> = {
  p50Ms: Number.NaN,
  p90Ms: Number.NaN,
  p99Ms: Number.NaN,
  maxMs: Number.NaN,
}

/**
 * Both halves as one run, with the halves themselves in `more`. A delivery bears its part of the receiving: one in
 * `receivers`. Memory and the machine are those of the half that was worse off.
 */
export function floorRun(sending: BenchRun, receiving: BenchRun, receivers: number): BenchRun {
  const sendUsPerDelivery = sending.cpuUsPerDelivery
  const receiveUsPerMessage = receiving.cpuUsPerDelivery
  const worse = (figure: (run: BenchRun) => number): number => Math.max(figure(sending), figure(receiving))
  return {
    ...sending,
    cpuUsPerDelivery: Math.round((sendUsPerDelivery + receiveUsPerMessage / receivers) * 100) / 100,
    machineBusyPercent: worse((run) => run.machineBusyPercent),
    isCrowded: sending.isCrowded || receiving.isCrowded,
    generatorLagMs: worse((run) => run.generatorLagMs),
    rssMb: worse((run) => run.rssMb),
    peakRssMb: worse((run) => run.peakRssMb),
    classes: [...sending.classes, ...receiving.classes],
    threads: [...sending.threads, ...receiving.threads],
    more: { sendUsPerDelivery, receiveUsPerMessage },
  }
}
