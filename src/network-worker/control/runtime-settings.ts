import type { RuntimeConfigView, RuntimeSettings } from '../../rpc/settings-views.ts'
import { type MeshParameters, meshParameters } from '../gossip/mesh/network-load.ts'

/** The mesh that settings ask for. */
export function meshOf(settings: RuntimeSettings): MeshParameters {
  return meshParameters(settings.network_load, settings.heartbeat_interval_ms ?? undefined)
}

/** What has to be told of a change; everybody else reads the settings when they need them. */
export interface SettingEffects {
  onMesh(mesh: MeshParameters): void
  onValidators(): void
}

/** The settings in force, and how a change takes effect. */
export class RuntimeConfig {
  #settings: RuntimeSettings
  readonly #effects: SettingEffects

  constructor(settings: RuntimeSettings, effects: SettingEffects) {
    this.#settings = settings
    this.#effects = effects
  }

  get settings(): RuntimeSettings {
    return this.#settings
  }

  /** As the API shows it: the number asked for, also where a level above the table runs as its last. */
  view(): RuntimeConfigView {
    return { ...this.#settings, heartbeat_interval_ms: meshOf(this.#settings).heartbeatMs }
  }

  apply(settings: RuntimeSettings): RuntimeConfigView {
    const before = this.#settings
    this.#settings = settings
    const isMeshChanged =
      before.network_load !== settings.network_load || before.heartbeat_interval_ms !== settings.heartbeat_interval_ms
    if (isMeshChanged) this.#effects.onMesh(meshOf(settings))
    if (before.active_validators !== settings.active_validators) this.#effects.onValidators()
    return this.view()
  }
}
