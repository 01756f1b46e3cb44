/** The traffic of a long run: attestations and blocks at a steady rate, or the mix of a slot among many peers. */
import { FanGenerator } from '../../test/support/go-fan.ts'
import { MIX_COPIES, MIX_NAMES, MIX_PARTS, MIX_SLOT_SECONDS, mixTraffic } from './eth2-mix.ts'
import { fanFigures } from './fan-figures.ts'
import { LoadGenerator, SUBSCRIBERS, trafficFigures } from './load-generator.ts'
import type { TrafficFigures } from './measure-relay.ts'
import { type RelayOptions, type RelayUnderTest, startRelay } from './relay-under-test.ts'
import { attestations, blocks } from './traffic.ts'

const ATTESTATIONS_PER_SECOND = 500
const SLOT_SECONDS = 12
/** One block a slot. */
const BLOCKS_PER_SECOND = 1 / SLOT_SECONDS

export type SoakRelay = Pick<RelayOptions, 'relay' | 'transport' | 'validation'>

export interface SoakMix {
  readonly peers: number
  /** Times mainnet's rates of short messages. */
  readonly multiple: number
}

/** A relay and what sends through it. */
export interface SoakScene extends AsyncDisposable {
  /** As results call it. */
  readonly name: string
  readonly relay: RelayUnderTest
  /** Connections of the relay. */
  readonly peers: number
  run(seconds: number): Promise<TrafficFigures>
}

/** @throws Error when the relay or the generator does not start */
export function startSoakScene(options: SoakRelay, mix: SoakMix | undefined): Promise<SoakScene> {
  return mix === undefined ? startSteady(options) : startMix(options, mix)
}

async function startSteady(options: SoakRelay): Promise<SoakScene> {
  await using starting = new AsyncDisposableStack()
  const relay = starting.use(await startRelay(options))
  const generator = starting.use(await LoadGenerator.connect(relay))
  const streams = [attestations(relay.topics, ATTESTATIONS_PER_SECOND), blocks(relay.topics, BLOCKS_PER_SECOND)]
  return {
    name: `${ATTESTATIONS_PER_SECOND} x 240 B/s and a block a slot, ${SUBSCRIBERS} subscribers`,
    relay,
    // the publisher too
    peers: SUBSCRIBERS + 1,
    run: async (seconds) => trafficFigures(await generator.run(streams, seconds)),
    ...disposing(starting),
  }
}

/** Whose blocks come in a slot of 12 s, where the mix has four: of a proposer and slot two pass unverified. */
const PROPOSERS = 4

/** Length of the network's slots. Under the default policies a slot has one block. */
export function soakSlotSeconds({ validation }: SoakRelay, mix: SoakMix | undefined): number {
  return mix !== undefined && validation === 'default' ? MIX_SLOT_SECONDS : SLOT_SECONDS
}

/**
 * The slots are of 12 s, so that ids are remembered for as long as on mainnet; what comes in a slot comes four times
 * as often, as in the other benches of the mix.
 */
async function startMix(options: SoakRelay, { peers, multiple }: SoakMix): Promise<SoakScene> {
  await using starting = new AsyncDisposableStack()
  const slotSeconds = soakSlotSeconds(options, { peers, multiple })
  const relay = starting.use(await startRelay({ ...options, topics: MIX_NAMES, peers, network: { slotSeconds } }))
  const fan = starting.use(await FanGenerator.start(relay, { ...MIX_PARTS, peers, topics: relay.topics }))
  const streams = mixTraffic(relay.topics, multiple, slotSeconds === MIX_SLOT_SECONDS ? 1 : PROPOSERS)
  const rhythm = { ...MIX_COPIES, rhythmMs: MIX_SLOT_SECONDS * 1000 }
  return {
    name: `mix x${multiple}, ${peers} peers`,
    relay,
    peers,
    run: async (seconds) => {
      const result = await fan.run(streams, seconds, rhythm)
      // Over so long a place in a mesh may be lost and found: that is told, and does not void the run.
      const { missingMeshLinks } = result
      const figures = fanFigures({ ...result, missingMeshLinks: 0 })
      return { ...figures, more: { ...figures.more, missingMeshLinks } }
    },
    ...disposing(starting),
  }
}

/** What was started lives on until the scene is disposed of. */
function disposing(starting: AsyncDisposableStack): AsyncDisposable {
  const started = starting.move()
  return { [Symbol.asyncDispose]: () => started.disposeAsync() }
}
