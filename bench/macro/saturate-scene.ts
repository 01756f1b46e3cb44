/** A relay between one publisher and eight subscribers, warmed up, at any rate. */
import { FanGenerator } from '../../test/support/go-fan.ts'
import type { TestNetwork } from '../../test/support/network-directory.ts'
import type { BenchRun } from '../run-record.ts'
import { fanFigures } from './fan-figures.ts'
import { measureRelay, type RunIdentity } from './measure-relay.ts'
import { startRelay } from './relay-under-test.ts'
import { attestations, gossipNames } from './traffic.ts'

/** One publisher for all topics and eight that only receive them, as in `chain`. */
export const SATURATE_PARTS = { peers: 9, sinksPerTopic: 8, sendersPerTopic: 1 } as const
const WARMUP_RATE = 2_000

export interface SceneOptions {
  readonly about: RunIdentity
  readonly seconds: number
  readonly warmupSeconds: number
  readonly subnets: readonly number[]
  /** What differs from slots of 12 s. */
  readonly network: Partial<TestNetwork>
}

export class SaturateScene implements AsyncDisposable {
  /** The relay's figures of so many seconds at a rate. @throws Error when nothing is delivered, or a mesh loses a peer */
  readonly measure: (ratePerSecond: number) => Promise<BenchRun>
  readonly #parts: AsyncDisposableStack

  private constructor(parts: AsyncDisposableStack, measure: SaturateScene['measure']) {
    this.#parts = parts
    this.measure = measure
  }

  /** @throws Error when the relay or the generator does not start */
  static async start({ about, seconds, warmupSeconds, subnets, network }: SceneOptions): Promise<SaturateScene> {
    await using parts = new AsyncDisposableStack()
    const { peers } = SATURATE_PARTS
    const relay = parts.use(await startRelay({ ...about.variant, topics: gossipNames(subnets), peers, network }))
    const fan = parts.use(await FanGenerator.start(relay, { ...SATURATE_PARTS, topics: relay.topics }))
    if (warmupSeconds > 0) await fan.run([attestations(relay.topics, WARMUP_RATE, subnets)], warmupSeconds)
    return new SaturateScene(parts.move(), (ratePerSecond) => {
      const streams = [attestations(relay.topics, ratePerSecond, subnets)]
      const traffic = async () => fanFigures(await fan.run(streams, seconds))
      return measureRelay(relay, traffic, { ...about, seconds })
    })
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#parts.disposeAsync()
  }
}
