/** What the fields of the runtime configuration may be. Those that are also start-up settings have the same range there. */
import type { RuntimeConfigView } from '../rpc/settings-views.ts'

export interface Range {
  readonly min: number
  readonly max: number
  readonly isInteger: boolean
  /** Null is read where nobody set it, and so may be written: the start-up value counts then. */
  readonly isNullable?: boolean
}

export const CONFIG_RANGES: Readonly<Record<keyof RuntimeConfigView, Range>> = {
  target_peers: { min: 0, max: 1000, isInteger: true },
  max_latency_ms: { min: 1, max: 60_000, isInteger: false },
  // Levels above 20 run as 20.
  network_load: { min: 1, max: 40, isInteger: true },
  // Faster beats cost more than they bring; slower ones leave a torn mesh torn for too long.
  heartbeat_interval_ms: { min: 80, max: 5_000, isInteger: true },
  discovery_interval_ms: { min: 500, max: 10_000, isInteger: true },
  // Ten times mainnet's.
  active_validators: { min: 1, max: 10_000_000, isInteger: true, isNullable: true },
}

/** Their names in the order in which answers have them. */
export const CONFIG_FIELDS = Object.keys(CONFIG_RANGES) as readonly (keyof RuntimeConfigView)[]

/** Whether `name` is a field and `value` a number that it may have. */
export function isInRange(name: string, value: unknown): boolean {
  if (!Object.hasOwn(CONFIG_RANGES, name) || typeof value !== 'number') return false
  const { min, max, isInteger } = CONFIG_RANGES[name as keyof RuntimeConfigView]
  return value >= min && value <= max && (!isInteger || Number.isInteger(value))
}
