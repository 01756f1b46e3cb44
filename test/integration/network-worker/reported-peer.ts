/** A relay and a peer that it has something to say of, as the standard's view and Lodestar's statistics tell it. */
import assert from 'node:assert/strict'
import type { RelayConfig } from '../../../src/config/schema.ts'
import { createForkSchedule } from '../../../src/consensus/fork-schedule.ts'
import type { DownscoreReason, PeerScoreStatView } from '../../../src/rpc/peer-views.ts'
import { type Clock, systemClock } from '../../../src/shared/clock.ts'
import type { FakeClock } from '../../support/fake-clock.ts'
import { freshStatus, GossipPeer, type GossipPeerOptions } from '../../support/gossip-peer.ts'
import { relayNetwork } from '../../support/relay-config.ts'
import { type RunningRelay, startRelay, stateOf } from '../../support/two-nodes.ts'
import { until } from '../../support/until.ts'

export const NETWORK = relayNetwork()
export const DIGEST = createForkSchedule(NETWORK).at(0).digestHex

/** Clock time for each look at what a relay shows: short of every time limit, so that none is missed. */
const STEP_MS = 250

const CONFIG: Partial<RelayConfig> = {
  network: NETWORK,
  topics: ['beacon_block', 'beacon_aggregate_and_proof', 'beacon_attestation', 'data_column_sidecar', 'voluntary_exit'],
  attestationSubnets: [0],
  custodyColumns: [0],
}

export interface Scene extends AsyncDisposable {
  readonly relay: RunningRelay
  readonly peer: GossipPeer
}

/** A relay of several topics, and a peer that has not dialled it yet. */
export async function scene(
  options: Partial<GossipPeerOptions> = {},
  clock: Clock = systemClock,
  config: Partial<RelayConfig> = {},
): Promise<Scene> {
  await using started = new AsyncDisposableStack()
  const relay = started.use(await startRelay({ config: { ...CONFIG, ...config }, clock }))
  const peer = started.use(await GossipPeer.start({ status: () => freshStatus(DIGEST), ...options }))
  const owned = started.move()
  return { relay, peer, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

/** The peer dials, and the relay shows it as connected. */
export async function comes({ relay, peer }: Scene): Promise<void> {
  await until('the end of the last connection', () => !peer.isConnectedTo(relay.peerId))
  await peer.dial(relay.addresses[0] ?? '')
  await until('the peer connected', async () => (await stateOf(relay, peer.peerId)) === 'connected')
}

export async function reasonsOf({ control }: RunningRelay, peerId: string): Promise<readonly DownscoreReason[]> {
  return (await control.getNodePeer(peerId)).downscore_reasons ?? []
}

export async function statOf({ control }: RunningRelay, peerId: string): Promise<PeerScoreStatView> {
  const stats = await control.listPeerScoreStats()
  return stats.find(({ peer_id }) => peer_id === peerId) ?? assert.fail('no statistics of the peer')
}

/** Whom to look at, and where. */
export interface Suspect {
  readonly relay: RunningRelay
  readonly peerId: string
  /** The relay's, when time has to pass until it notices. */
  readonly clock?: FakeClock
}

/** One way in which a peer, over a real connection, gives cause for a report. */
export interface Scenario {
  readonly what: string
  /** What the report takes from the score; 0 where an earlier one of the same word has taken all. */
  readonly delta: number
  /** Starts what it takes on `stack`, has a peer do it, and answers who did. */
  readonly play: (stack: AsyncDisposableStack) => Promise<Suspect>
}

/** Why something is in a table of the relay's vocabulary and yet never said. */
export interface Cannot {
  readonly cannot: string
}

/** A reason to report a peer: what the standard calls it, and the events that lead to it. */
export type Row =
  | { readonly word: DownscoreReason; readonly by: readonly [Scenario, ...(readonly Scenario[])] }
  | Cannot

/** A scenario of a peer that dials a relay and does something once it is connected. */
export function visitor(
  what: string,
  delta: number,
  act: (all: Scene) => Promise<unknown>,
  options: Partial<GossipPeerOptions> = {},
): Scenario {
  return {
    what,
    delta,
    async play(stack) {
      const all = stack.use(await scene(options))
      await comes(all)
      await act(all)
      return { relay: all.relay, peerId: all.peer.peerId }
    },
  }
}

/** Waits, while the relay's time passes, until `condition` holds. */
export async function untilShown(
  what: string,
  { clock }: Suspect,
  condition: () => boolean | Promise<boolean>,
): Promise<void> {
  await until(what, async () => {
    clock?.advance(STEP_MS)
    return await condition()
  })
}

/** Waits for a report of a peer and asserts that all that is shown of it is as expected, and no other word. */
export async function isReported(
  suspect: Suspect,
  report: string,
  word: DownscoreReason,
  delta: number,
): Promise<void> {
  const { relay, peerId } = suspect
  await untilShown(`a report for ${report}`, suspect, async () => {
    const stats = await relay.control.listPeerScoreStats()
    return stats.some(({ peer_id, last_action_name }) => peer_id === peerId && last_action_name === report)
  })
  assert.deepEqual(await reasonsOf(relay, peerId), [word])
  const stat = await statOf(relay, peerId)
  assert.deepEqual([stat.last_action_name, stat.last_action_delta_score], [report, delta])
  assert.ok(stat.last_update === stat.last_action_unix_ms && (stat.last_action_unix_ms ?? 0) > 1.7e12)
}
