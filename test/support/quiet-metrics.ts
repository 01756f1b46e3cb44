import { GossipStats } from '../../src/network-worker/stats/gossip-stats.ts'
import { metricsSnapshot } from '../../src/network-worker/stats/metrics-snapshot.ts'
import type { MetricsView } from '../../src/rpc/metrics-view.ts'
import { ThreadLoad } from '../../src/shared/thread-load.ts'

/** What a network worker counts that has just started and knows nobody. */
export function quietMetrics(changes: Partial<MetricsView> = {}): MetricsView {
  const view = metricsSnapshot({
    stats: new GossipStats(),
    router: { meshPeers: () => [] },
    directory: { all: () => [] },
    registry: { live: () => [], forgotten: 0 },
    scores: { counts: { forgotten: 0, droppedBans: 0, reports: new Map() }, banned: () => [] },
    admission: { refused: { ip: 0, banned: 0, full: 0 } },
    head: { newestSlot: undefined, syncDistance: () => 0 },
    clockOffset: { boundMs: () => 0 },
    load: new ThreadLoad(),
    discovery: { metrics: () => null },
  })
  return { ...view, ...changes }
}
