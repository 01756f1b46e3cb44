/** A relay and a peer that it has something to say of, as the standard's view and Lodestar's statistics tell it. */
import assert from 'node:assert/strict'
import type { RelayConfig } from '../../../src/config/schema.ts'
import { createForkSchedule } from '../../../src/consensus/fork-schedule.ts'
import type { ReportReason } from '../../../src/network-worker/peers/score/report-sites.ts'
import type { DownscoreReason, PeerScoreStatView } from '../../../src/rpc/contract.ts'
import { type Clock, systemClock } from '../../../src/shared/clock.ts'
import { freshStatus, GossipPeer, type GossipPeerOptions } from '../../support/gossip-peer.ts'
import { relayNetwork } from '../../support/relay-config.ts'
import { type RunningRelay, startRelay, stateOf } from '../../support/two-nodes.ts'
import { until } from '../../support/until.ts'

export const NETWORK = relayNetwork()
export const DIGEST = createForkSchedule(NETWORK).at(0).digestHex

export interface Scene extends AsyncDisposable {
  readonly relay: RunningRelay
  readonly peer: GossipPeer
}

/** A relay of several topics, and a peer that has not dialled it yet. */
export async function scene(options: Partial<GossipPeerOptions> = {}, clock: Clock = systemClock): Promise<Scene> {
  const config: Partial<RelayConfig> = {
    network: NETWORK,
    topics: [
      'beacon_block',
      'beacon_aggregate_and_proof',
      'beacon_attestation',
      'data_column_sidecar',
      'voluntary_exit',
    ],
    attestationSubnets: [0],
    custodyColumns: [0],
  }
  await using started = new AsyncDisposableStack()
  const relay = started.use(await startRelay({ config, clock }))
  const peer = started.use(await GossipPeer.start({ status: () => freshStatus(DIGEST), ...options }))
  const owned = started.move()
  return { relay, peer, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

/** The peer dials, and the relay shows it as connected. */
export async function comes({ relay, peer }: Scene): Promise<void> {
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

export interface Expected {
  readonly word: DownscoreReason
  readonly report: ReportReason
  readonly delta: number
}

/** Waits for the first report of a peer and asserts that all that is shown of it is as expected. */
export async function isReported(
  relay: RunningRelay,
  peerId: string,
  { word, report, delta }: Expected,
): Promise<void> {
  await until('a report', async () => (await reasonsOf(relay, peerId)).length > 0)
  assert.deepEqual(await reasonsOf(relay, peerId), [word])
  const stat = await statOf(relay, peerId)
  assert.deepEqual([stat.last_action_name, stat.last_action_delta_score], [report, delta])
  assert.ok(stat.last_update === stat.last_action_unix_ms && (stat.last_action_unix_ms ?? 0) > 1.7e12)
}
