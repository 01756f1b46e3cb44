/**
 * A day of spam: two nodes that hear of each other through the relay alone, and peers of the relay that send rubbish as
 * fast as they can, forged twins of the true blocks among it. Before it, during it and after it the second node must get
 * every block, and neither must think less of the relay.
 */
import { BlockArrivals } from './block-arrivals.ts'
import { type ChainComparison, compareChains } from './chain-comparison.ts'
import { ForgersView } from './forgers-view.ts'
import { currentSlot, type NodePair, slotStart } from './node-pair.ts'
import { PairRelay } from './pair-relay.ts'
import { SpamCrew } from './spam-crew.ts'
import type { SpamRole } from './spam-roles.ts'
import type { SpammerRecord } from './spammer.ts'

export interface SpamDayOptions {
  readonly crew: readonly (readonly [SpamRole, number])[]
  /** True: the relay reads the keys of genesis.ssz. */
  readonly hasKeys: boolean
  /** True: it is told by `--peers` to believe both nodes. */
  readonly isTold: boolean
  /** Slots before the spam, and after it. */
  readonly quietSlots: number
  /** Before it, when that is not as long as after it. */
  readonly quietSlotsBefore?: number | undefined
  readonly spamSlots: number
  /** Told what happens, a line at a time. */
  readonly say: (line: string) => void
}

/** ms from a block's coming to the relay to its coming to the second node. */
export interface Passage {
  readonly slot: number
  readonly ms: number
}

export interface SpamDayReport {
  readonly chain: ChainComparison
  readonly spammers: readonly SpammerRecord[]
  /** What each node holds against the relay. */
  readonly complaints: readonly string[]
  /** While nobody spams, and while they do. */
  readonly quiet: readonly Passage[]
  readonly spammed: readonly Passage[]
  /** Messages that the relay refused, by reason. */
  readonly refused: ReadonlyMap<string, number>
  /** Messages by what verifying them came to. */
  readonly verified: ReadonlyMap<string, number>
  /** Nodes that the relay has lost. */
  readonly lost: readonly string[]
}

/** Spammers who can be proven wrong are to be gone by then. */
const PATIENCE_MS = 60_000

export async function runSpamDay(pair: NodePair, options: SpamDayOptions): Promise<SpamDayReport> {
  const { crew, hasKeys, isTold, quietSlots, spamSlots, say } = options
  const { quietSlotsBefore = quietSlots } = options
  const flags = isTold ? ['--peers', pair.nodes.map(({ address }) => address).join(',')] : []
  await using relay = await PairRelay.start({ pair, hasKeys, flags })
  await relay.join(pair.nodes)
  say(`the relay has both in its mesh, ${hasKeys ? 'with' : 'without'} keys, in slot ${currentSlot(pair)}`)
  await using arrivals = await BlockArrivals.open(relay.process.api)
  const first = Math.max(1, currentSlot(pair) + 1)
  await slotStart(pair, first + quietSlotsBefore)

  const view = ForgersView.open(pair)
  try {
    const topics = await relay.topics()
    const forkDigest = [...topics.values()][0]?.split('/')[2] ?? ''
    const target = { peerId: relay.peerId, address: relay.process.address('tcp') }
    await using spammers = await SpamCrew.start({ crew, view, relay: target, forkDigest, topics })
    const begin = currentSlot(pair)
    say(`${spammers.records.length} spammers from slot ${begin} on`)
    await slotStart(pair, begin + spamSlots)
    const end = currentSlot(pair)
    say(
      `${spammers.records.filter(({ outAfterMs }) => outAfterMs !== undefined).length} of them are refused by slot ${end}`,
    )
    // They go on, as far as they are let: quiet is what the relay makes it.
    await slotStart(pair, end + quietSlots)
    const last = currentSlot(pair) - 1
    const passages = await passagesOf(pair, arrivals, first, last)
    return {
      chain: await compareChains(pair, first, last),
      spammers: spammers.records,
      complaints: await complaintsOf(pair, relay),
      quiet: passages.filter(({ slot }) => slot < begin),
      spammed: passages.filter(({ slot }) => slot >= begin && slot < end),
      refused: await relay.counts('starling_gossip_refused_messages_total', 'reason'),
      verified: await relay.counts('starling_gossip_verified_messages_total', 'outcome'),
      lost: await lostNodes(pair, relay),
    }
  } finally {
    await view.close()
  }
}

/** What a run shows that it must not; empty when all is well. */
export function spamDayFaults(
  { chain, spammers, complaints, lost }: SpamDayReport,
  hasKeys: boolean,
): readonly string[] {
  const mustGo = spammers.filter(({ proof }) => hasKeys || proof === 'bytes')
  return [
    ...(chain.blocks.length === 0 ? ['there were no blocks'] : []),
    ...chain.missing.map((slot) => `the block of slot ${slot} did not arrive`),
    ...complaints,
    ...lost.map((name) => `the relay lost ${name}`),
    ...mustGo.filter(({ sent }) => sent === 0).map(({ role }) => `a spammer (${role}) sent nothing`),
    ...mustGo.filter(isTolerated).map(({ role, outAfterMs, returns }) => {
      const stay = outAfterMs === undefined ? 'is still let in' : `was let in for ${(outAfterMs / 1000).toFixed(0)} s`
      return `a spammer (${role}) ${stay}, and came back ${returns} times after it had been refused`
    }),
  ]
}

function isTolerated({ outAfterMs, returns }: SpammerRecord): boolean {
  return outAfterMs === undefined || outAfterMs > PATIENCE_MS || returns > 0
}

async function passagesOf(
  pair: NodePair,
  { seen }: BlockArrivals,
  first: number,
  last: number,
): Promise<readonly Passage[]> {
  const passages: Passage[] = []
  for (let slot = first; slot <= last; slot++) {
    const rootHex = await pair.nodes[0].blockRoot(slot)
    const atRelay = seen.find((arrival) => arrival.rootHex === rootHex)?.atMs
    const atNode = await pair.nodes[1].receivedAtMs(slot)
    if (atRelay !== undefined && atNode !== undefined) passages.push({ slot, ms: atNode - atRelay })
  }
  return passages
}

async function complaintsOf({ nodes }: NodePair, { peerId }: PairRelay): Promise<readonly string[]> {
  const all = await Promise.all(
    nodes.map(async (node) => (await node.complaints(peerId)).map((complaint) => `${node.name}: ${complaint}`)),
  )
  return all.flat()
}

async function lostNodes({ nodes }: NodePair, relay: PairRelay): Promise<readonly string[]> {
  const lost: string[] = []
  for (const node of nodes) if (!(await relay.isConnected(node))) lost.push(node.name)
  return lost
}

/** The middle one and the greatest, ms; undefined when there are none. */
export function summary(passages: readonly Passage[]): { readonly median: number; readonly max: number } | undefined {
  const sorted = passages.map(({ ms }) => ms).sort((a, b) => a - b)
  const median = sorted[Math.floor(sorted.length / 2)]
  const max = sorted.at(-1)
  return median === undefined || max === undefined ? undefined : { median, max }
}
