/**
 * Which value of a setting is in force: one changed over the API wins over the start-up value until the start-up value
 * itself changes. Pure: the rows of the database in, settings and new rows out.
 */
import { isInRange } from '../../api/config-ranges.ts'
import type { ConfigPatch } from '../../api/operator.ts'
import type { RelayConfig } from '../../config/schema.ts'
import type { RuntimeSettings } from '../../rpc/settings-views.ts'
import type { StoredSetting } from '../../storage/runtime-settings-store.ts'

type SettingName = keyof RuntimeSettings

/** Period of the discovery check (design.md §2). It has no flag: this is its start-up value in every start. */
const DISCOVERY_INTERVAL_MS = 2_000

/** What the settings are when nobody ever changed one. */
export function startUpSettings(config: RelayConfig): RuntimeSettings {
  return {
    target_peers: config.targetPeers,
    max_latency_ms: config.maxLatencyMs,
    network_load: config.networkLoad,
    heartbeat_interval_ms: null,
    discovery_interval_ms: DISCOVERY_INTERVAL_MS,
    active_validators: config.activeValidators,
  }
}

/** Stands for "nobody said" among the start-up values that are stored: no network has no validators. */
const UNKNOWN_COUNT = 0

/** The start-up value a stored one depends on. The heartbeat's own is its network load's, so it depends on that. */
function originOf(name: SettingName, startUp: RuntimeSettings): number {
  if (name === 'active_validators') return startUp.active_validators ?? UNKNOWN_COUNT
  return startUp[name] ?? startUp.network_load
}

/** The start-up value that a stored setting depends on, as an operator knows it. */
export function startUpValueOf({ name, startUpValue }: StoredSetting): number | null {
  return name === 'active_validators' && startUpValue === UNKNOWN_COUNT ? null : startUpValue
}

/** The start-up settings with the stored ones over them. */
export function settingsInForce(startUp: RuntimeSettings, rows: readonly StoredSetting[]): RuntimeSettings {
  const stored = Object.fromEntries(rows.map(({ name, value }) => [name, value]))
  return { ...startUp, ...stored }
}

/**
 * The rows after a change. Naming the network load resets the heartbeat to that level's, even when the level is the
 * same as before: that is the way back to it. What is null is not stored: the start-up value counts.
 */
export function patchedRows(
  startUp: RuntimeSettings,
  rows: readonly StoredSetting[],
  patch: ConfigPatch,
): readonly StoredSetting[] {
  const resets = (name: string): boolean => name === 'heartbeat_interval_ms' && patch.network_load !== undefined
  const kept = rows.filter(({ name }) => !Object.hasOwn(patch, name) && !resets(name))
  const changed = (Object.entries(patch) as [SettingName, number | null][]).flatMap(([name, value]) =>
    value === null ? [] : { name, value, startUpValue: originOf(name, startUp) },
  )
  return [...kept, ...changed]
}

export interface RestoredRow extends StoredSetting {
  readonly outcome: 'kept' | 'start_up_value_changed' | 'out_of_range'
}

/** What becomes of each stored setting at a start with these start-up values. */
export function judgeRows(startUp: RuntimeSettings, rows: readonly StoredSetting[]): readonly RestoredRow[] {
  return rows.map((row) => {
    // A release with other ranges may have written it.
    if (!isInRange(row.name, row.value)) return { ...row, outcome: 'out_of_range' }
    const isUnchanged = row.startUpValue === originOf(row.name as SettingName, startUp)
    return { ...row, outcome: isUnchanged ? 'kept' : 'start_up_value_changed' }
  })
}
