import { peersByBand } from '../../src/network-worker/gossip/score/score-bands.ts'
import { WireCounts } from '../../src/network-worker/gossip/wire/wire-counts.ts'
import { GossipStats } from '../../src/network-worker/stats/gossip-stats.ts'
import { type MetricsDeps, metricsSnapshot } from '../../src/network-worker/stats/metrics-snapshot.ts'
import type { MetricsView } from '../../src/rpc/metrics-view.ts'
import { ThreadLoad } from '../../src/shared/thread-load.ts'

/** A router without peers or topics. */
export const QUIET_ROUTER: MetricsDeps['router'] = {
  meshPeers: () => [],
  wireView: () => ({
    ...new WireCounts().view(),
    cacheEntries: { peer: 0 },
    uplinkWaitingBytes: 0,
    peersByBand: peersByBand([], () => 0),
  }),
}

/** What a network worker counts that has just started and knows nobody. */
export function quietMetrics(changes: Partial<MetricsView> = {}): MetricsView {
  const view = metricsSnapshot({
    stats: new GossipStats(),
    router: QUIET_ROUTER,
    directory: { all: () => [] },
    registry: { live: () => [], forgotten: 0 },
    scores: { counts: { forgotten: 0, droppedBans: 0, reports: new Map() }, banned: () => [] },
    admission: { refused: { ip: 0, banned: 0, full: 0 } },
    head: { newestSlot: undefined, syncDistance: () => 0 },
    clockOffset: { boundMs: () => 0 },
    policies: { heldMessages: 0, isInDoubt: false },
    blocks: { hidden: { slot_limit: 0, queue_full: 0, failed: 0, no_block: 0 } },
    verifier: { counts: { all: () => [] } },
    load: new ThreadLoad(),
    discovery: { metrics: () => null },
  })
  return { ...view, ...changes }
}
