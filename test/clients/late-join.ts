/**
 * A late join: the relay runs beside the first node alone, and is told of the second when there are blocks to catch up
 * with. What the second knows of them afterwards it has from the relay, which had to keep them.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { until } from '../support/until.ts'
import { type ChainComparison, compareChains } from './chain-comparison.ts'
import { currentSlot, type NodePair, slotStart } from './node-pair.ts'
import { PairRelay } from './pair-relay.ts'

export interface LateJoinOptions {
  /** Blocks to miss. */
  readonly missedSlots: number
  /** Slots to go on together. */
  readonly jointSlots: number
  readonly flags: readonly string[]
  readonly say: (line: string) => void
}

export interface LateJoinReport {
  /** Slot of the second node's head when it was connected. */
  readonly headBefore: number
  /** The first node's. */
  readonly behindOf: number
  /** From the connection until both had the same head; undefined when that never was. */
  readonly caughtUpAfterMs: number | undefined
  readonly chain: ChainComparison
  readonly complaints: readonly string[]
}

const CATCH_UP_TIMEOUT_MS = 120_000

export async function runLateJoin(pair: NodePair, options: LateJoinOptions): Promise<LateJoinReport> {
  const { missedSlots, jointSlots, flags, say } = options
  const [node1, node2] = pair.nodes
  await using relay = await PairRelay.start({ pair, hasKeys: true, flags })
  await relay.join([node1])
  const first = Math.max(1, currentSlot(pair) + 1)
  say(`the relay is connected to ${node1.name} in slot ${currentSlot(pair)}`)
  await slotStart(pair, first + missedSlots)

  const headBefore = (await node2.head())?.slot ?? 0
  const behindOf = (await node1.head())?.slot ?? 0
  const startMs = performance.now()
  await relay.connect(node2)
  say(`and to ${node2.name} in slot ${currentSlot(pair)}: its head is ${headBefore}, that of ${node1.name} ${behindOf}`)
  let caughtUpAfterMs: number | undefined
  try {
    await until('the same head', () => haveSameHead(pair), CATCH_UP_TIMEOUT_MS)
    caughtUpAfterMs = performance.now() - startMs
    say(`they have the same head after ${(caughtUpAfterMs / 1000).toFixed(1)} s`)
    await slotStart(pair, currentSlot(pair) + jointSlots)
  } catch (error) {
    say(String(error))
  }
  const complaints = await Promise.all(pair.nodes.map((node) => node.complaints(relay.peerId)))
  return {
    headBefore,
    behindOf,
    caughtUpAfterMs,
    chain: await compareChains(pair, 1, currentSlot(pair) - 1),
    complaints: complaints.flatMap((of, index) => of.map((complaint) => `${pair.nodes[index]?.name}: ${complaint}`)),
  }
}

async function haveSameHead({ nodes }: NodePair): Promise<boolean> {
  const [head1, head2] = await Promise.all([nodes[0].head(), nodes[1].head()])
  await delay(100)
  return head1 !== undefined && head1.slot > 0 && head1.rootHex === head2?.rootHex
}

/** What a run shows that it must not; empty when all is well. */
export function lateJoinFaults({
  headBefore,
  behindOf,
  caughtUpAfterMs,
  chain,
  complaints,
}: LateJoinReport): readonly string[] {
  return [
    ...(headBefore > 0 ? ['the second node was not behind'] : []),
    ...(behindOf === 0 ? ['there was nothing to catch up with'] : []),
    ...(caughtUpAfterMs === undefined ? ['the second node did not catch up'] : []),
    ...chain.missing.map((slot) => `the block of slot ${slot} did not arrive`),
    ...complaints,
  ]
}
