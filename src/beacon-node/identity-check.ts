/** Is this beacon node on our network? What it says of itself, held against our configuration. */
import type { NetworkConfig } from '../consensus/network-config.ts'
import { presetOf } from '../consensus/network-config.ts'
import type { ForkRow, Genesis } from './answer-shapes.ts'

export interface NodeIdentity {
  readonly genesis: Genesis
  readonly spec: Readonly<Record<string, unknown>>
  readonly forks: readonly ForkRow[]
}

/**
 * What makes the node one of another network, or of another schedule up to `epoch`; empty when nothing does. With any
 * of it nothing the node says may be used. Names that its specification leaves out are not held against it.
 */
export function findMismatches(
  { genesis, spec, forks }: NodeIdentity,
  network: NetworkConfig,
  epoch: number,
): string[] {
  const rows: readonly (readonly [name: string, ours: string, theirs: unknown])[] = [
    ['genesis_validators_root', network.genesisValidatorsRootHex, genesis.genesis_validators_root],
    ['genesis_time', String(network.genesisTimeSeconds), String(genesis.genesis_time)],
    ['genesis_fork_version', network.forks[0]?.versionHex ?? '', genesis.genesis_fork_version],
    ['PRESET_BASE', presetOf(network), spec['PRESET_BASE']],
    ['SLOTS_PER_EPOCH', String(network.slotsPerEpoch), spec['SLOTS_PER_EPOCH']],
    ['SLOT_DURATION_MS', String(network.slotDurationMs), spec['SLOT_DURATION_MS']],
    ['SECONDS_PER_SLOT', String(Math.floor(network.slotDurationMs / 1000)), spec['SECONDS_PER_SLOT']],
    ['fork in force', versionAt(ours(network), epoch) ?? 'none', versionAt(forks, epoch) ?? 'none'],
  ]
  return rows
    .filter(([, mine, theirs]) => theirs !== undefined && theirs !== mine)
    .map(([name, mine, theirs]) => `${name}: ours ${mine}, the node's ${String(theirs).slice(0, 80)}`)
}

/**
 * Where the two schedules part after `epoch`: one of them is stale, which is for the operator to see to before then.
 * Undefined when they agree.
 */
export function futureDifference(forks: readonly ForkRow[], network: NetworkConfig, epoch: number): string | undefined {
  const mine = ours(network)
  const boundaries = [...mine, ...forks].map((fork) => fork.epoch)
  const first = boundaries
    .filter((at) => at > epoch && Number.isFinite(at) && versionAt(mine, at) !== versionAt(forks, at))
    .toSorted((a, b) => a - b)[0]
  if (first === undefined) return undefined
  return `fork of epoch ${first}: ours ${versionAt(mine, first)}, the node's ${versionAt(forks, first)}`
}

function ours(network: NetworkConfig): readonly ForkRow[] {
  return network.forks.map(({ versionHex, epoch }) => ({ current_version: versionHex, epoch }))
}

/** Of forks that start together the last one is in force; some nodes list that one only. */
function versionAt(forks: readonly ForkRow[], epoch: number): string | undefined {
  const started = forks.filter((fork) => fork.epoch <= epoch).toSorted((a, b) => a.epoch - b.epoch)
  return started.at(-1)?.current_version
}
