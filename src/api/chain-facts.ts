/**
 * What the network's configuration says, in the form in which the beacon node API answers it: numbers are decimal
 * strings, bytes are hex with `0x`. It never changes while the process runs. The main thread makes it.
 */

/** A value of `config/spec`: text, or a list such as the blob schedule. */
export type SpecValue = string | readonly SpecValue[] | { readonly [name: string]: SpecValue }

/** One entry of `config/fork_schedule` (beacon-APIs, `types/misc.yaml`, Fork). */
export interface ForkView {
  readonly previous_version: string
  readonly current_version: string
  readonly epoch: string
}

/** `beacon/genesis`; the time is Unix seconds. */
export interface GenesisView {
  readonly genesis_time: string
  readonly genesis_validators_root: string
  readonly genesis_fork_version: string
}

export interface ChainFacts {
  /** By the names of the consensus specification, in upper case. */
  readonly spec: Readonly<Record<string, SpecValue>>
  /** Earliest first. */
  readonly forkSchedule: readonly ForkView[]
  readonly genesis: GenesisView
}
