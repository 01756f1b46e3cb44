import type { RuntimeConfigView, RuntimeSettings } from '../../rpc/contract.ts'
import { type MeshParameters, meshParameters } from '../gossip/network-load.ts'

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
