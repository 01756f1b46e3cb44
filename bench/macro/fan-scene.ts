/** Fifty peers around a relay, each message in five copies: one run of that, for the benches that differ in what lies between them. */
import { FanGenerator, type FanStream } from '../../test/support/go-fan.ts'
import type { BenchRun, Variant } from '../run-record.ts'
import { MIX_COPIES, MIX_NAMES, MIX_PARTS, MIX_SLOT_SECONDS } from './eth2-mix.ts'
import { fanFigures, withCostPerCopy } from './fan-figures.ts'
import type { PairedOptions } from './flags.ts'
import { measureRelay } from './measure-relay.ts'
import { startRelay } from './relay-under-test.ts'
import { wholeSlots } from './validated.ts'

export type StreamsOf = (topics: readonly string[]) => readonly FanStream[]

/** What lies between the peers and the relay; nothing but loopback when left out. */
export interface FanWay {
  /** Of Starling, as far as it has to know. */
  readonly flags: readonly string[]
  /** Where peers reach who listens at that address. */
  readonly through: (address: string) => string
}

const LOOPBACK: FanWay = { flags: [], through: (address) => address }

/** @throws Error when the relay fails, or takes places in meshes away before it is measured */
export async function measureFan(
  about: { readonly case: string; readonly variant: Variant; readonly round: number },
  streamsOf: StreamsOf,
  { seconds, warmupSeconds }: PairedOptions,
  { flags, through }: FanWay = LOOPBACK,
): Promise<BenchRun> {
  const { variant } = about
  const network = { slotSeconds: MIX_SLOT_SECONDS }
  await using relay = await startRelay({ ...variant, topics: MIX_NAMES, peers: MIX_PARTS.peers, network, flags })
  const reached = { ...relay, address: through(relay.address) }
  await using fan = await FanGenerator.start(reached, { ...MIX_PARTS, topics: relay.topics })
  const streams = streamsOf(relay.topics)
  if (warmupSeconds > 0) {
    await wholeSlots(variant, relay.network)
    await fan.run(streams, warmupSeconds, MIX_COPIES)
  }
  await wholeSlots(variant, relay.network)
  // Past the knee a relay may let go of peers: one such run shall not end the bench.
  const traffic = async () => fanFigures(await fan.run(streams, seconds, MIX_COPIES), { mayLoseLinks: true })
  return withCostPerCopy(await measureRelay(relay, traffic, { ...about, seconds }))
}
