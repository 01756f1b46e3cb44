import type { Clock } from '../../../shared/clock.ts'
import type { GossipsubInternals, LiveOptions } from '../router/gossipsub-internals.ts'
import type { MeshParameters } from './network-load.ts'

/** Opportunistic grafting every minute, whatever the heartbeat. */
const OPPORTUNISTIC_GRAFT_MS = 60_000

/** gossipsub's options for a set of mesh parameters: used at construction and at each change. */
export function loadOptions(
  mesh: MeshParameters,
): Omit<LiveOptions, 'pruneBackoff' | 'unsubcribeBackoff' | 'idontwantMinDataSize'> {
  return {
    D: mesh.meshN,
    Dlo: mesh.meshLow,
    Dhi: mesh.meshHigh,
    Dscore: Math.ceil(0.7 * mesh.meshN),
    Dout: mesh.outboundMin,
    Dlazy: mesh.lazy,
    heartbeatInterval: mesh.heartbeatMs,
    mcacheLength: mesh.historyLength,
    opportunisticGraftTicks: Math.ceil(OPPORTUNISTIC_GRAFT_MS / mesh.heartbeatMs),
  }
}

/**
 * Changes mesh size, heartbeat and message-cache windows of a running router. The options are read by each heartbeat;
 * the next one comes after one new interval.
 */
export function switchLoad(router: GossipsubInternals, mesh: MeshParameters, clock: Clock): void {
  const oldIntervalMs = router.opts.heartbeatInterval
  Object.assign(router.opts, loadOptions(mesh))
  router.score.scoreCacheValidityMs = mesh.heartbeatMs
  const { mcache, status } = router
  mcache.gossip = mesh.historyGossip
  mcache.history = regrouped(mcache.history, oldIntervalMs / mesh.heartbeatMs, mesh.historyLength)
  if (status.heartbeatTimeout === undefined) return
  clearTimeout(status.heartbeatTimeout)
  // Beats are counted from here, or the first one would be cut short by the phase of the old interval.
  status.hearbeatStartMs = clock.nowMs()
  status.heartbeatTimeout = setTimeout(router.runHeartbeat, mesh.heartbeatMs)
}

/**
 * The windows of the message cache, one a heartbeat and the newest first, laid out anew for another heartbeat: each
 * message keeps its age, so that what was advertised can still be fetched.
 */
function regrouped<T>(windows: readonly (readonly T[])[], newPerOld: number, length: number): T[][] {
  const regrouped: T[][] = Array.from({ length }, () => [])
  for (const [age, entries] of windows.entries()) {
    regrouped[Math.min(length - 1, Math.floor(age * newPerOld))]?.push(...entries)
  }
  return regrouped
}
