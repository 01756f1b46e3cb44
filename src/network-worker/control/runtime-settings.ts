import type { RelayConfig } from '../../config/schema.ts'
import type { RuntimeConfigView, RuntimeSettings } from '../../rpc/contract.ts'
import { type MeshParameters, meshParameters } from '../gossip/network-load.ts'

/** Period of the peer-manager tick and discovery check (design.md §2, `discovery_interval_ms`). */
const DISCOVERY_INTERVAL_MS = 2000

/** What the start-up configuration says of the settings that can change at run time. */
export function settingsOf(config: RelayConfig): RuntimeSettings {
  return {
    target_peers: config.targetPeers,
    max_latency_ms: config.maxLatencyMs,
    network_load: config.networkLoad,
    heartbeat_interval_ms: null,
    discovery_interval_ms: DISCOVERY_INTERVAL_MS,
  }
}

/** The mesh that settings ask for. */
export function meshOf(settings: RuntimeSettings): MeshParameters {
  return meshParameters(settings.network_load, settings.heartbeat_interval_ms ?? undefined)
}

/** The settings in force, and how a change reaches the mesh. */
export class RuntimeConfig {
  #settings: RuntimeSettings
  readonly #onMesh: (mesh: MeshParameters) => void

  constructor(settings: RuntimeSettings, onMesh: (mesh: MeshParameters) => void) {
    this.#settings = settings
    this.#onMesh = onMesh
  }

  /** As the API shows it: the number asked for, also where a level above the table runs as its last. */
  view(): RuntimeConfigView {
    const { target_peers, max_latency_ms, network_load, discovery_interval_ms } = this.#settings
    const heartbeat_interval_ms = meshOf(this.#settings).heartbeatMs
    return { target_peers, max_latency_ms, network_load, heartbeat_interval_ms, discovery_interval_ms }
  }

  apply(settings: RuntimeSettings): RuntimeConfigView {
    const before = this.#settings
    this.#settings = settings
    const isMeshChanged =
      before.network_load !== settings.network_load || before.heartbeat_interval_ms !== settings.heartbeat_interval_ms
    if (isMeshChanged) this.#onMesh(meshOf(settings))
    return this.view()
  }
}
