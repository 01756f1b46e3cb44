/** Is this beacon node on our network? What it says of itself, held against our configuration. */
import type { NetworkConfig } from '../consensus/network-config.ts'
import { presetOf } from '../consensus/network-config.ts'
import { blobScheduleShape, type ForkRow, type Genesis } from './answer-shapes.ts'

export interface NodeIdentity {
  readonly genesis: Genesis
  readonly spec: Readonly<Record<string, unknown>>
  readonly forks: readonly ForkRow[]
}

/** What the node leaves out is undefined, and not held against it. */
type Row = readonly [name: string, ours: string, theirs: unknown]

/**
 * What makes the node one of another network, or of another schedule up to `epoch`; empty when nothing does. With any
 * of it nothing the node says may be used.
 */
export function findMismatches(
  { genesis, spec, forks }: NodeIdentity,
  network: NetworkConfig,
  epoch: number,
): string[] {
  const inForce = versionAt(network, epoch)
  const rows: readonly Row[] = [
    ['genesis_validators_root', network.genesisValidatorsRootHex, genesis.genesis_validators_root],
    ['genesis_time', String(network.genesisTimeSeconds), String(genesis.genesis_time)],
    ['genesis_fork_version', network.forks[0]?.versionHex ?? '', genesis.genesis_fork_version],
    ['PRESET_BASE', presetOf(network), spec['PRESET_BASE']],
    ['SLOTS_PER_EPOCH', String(network.slotsPerEpoch), spec['SLOTS_PER_EPOCH']],
    slotDurationRow(network.slotDurationMs, spec),
    ['fork in force', inForce, theirVersionAt(forks, epoch, inForce)],
  ]
  return rows
    .filter(([, mine, theirs]) => theirs !== undefined && theirs !== mine)
    .map(([name, mine, theirs]) => `${name}: ours ${mine}, the node's ${String(theirs).slice(0, 80)}`)
}

/**
 * Where the two schedules part after `epoch`, or anywhere in their limits of blobs, which make fork digests too: one of
 * the two is stale, which is for the operator to see to. Undefined when they agree.
 */
export function scheduleDifference(
  { spec, forks }: Pick<NodeIdentity, 'spec' | 'forks'>,
  network: NetworkConfig,
  epoch: number,
): string | undefined {
  const differences = [forkDifference(forks, network, epoch), blobDifference(spec['BLOB_SCHEDULE'], network)]
  const found = differences.filter((difference) => difference !== undefined)
  return found.length === 0 ? undefined : found.join('; ')
}

function forkDifference(forks: readonly ForkRow[], network: NetworkConfig, epoch: number): string | undefined {
  const boundaries = [...network.forks, ...forks].map((fork) => fork.epoch)
  for (const at of boundaries.toSorted((a, b) => a - b)) {
    if (at <= epoch || !Number.isFinite(at)) continue
    const mine = versionAt(network, at)
    const theirs = theirVersionAt(forks, at, mine)
    if (theirs !== mine) return `fork of epoch ${at}: ours ${mine}, the node's ${theirs}`
  }
  return undefined
}

/** A node that lists no limits, or in a form of its own, is not held to them. */
function blobDifference(listed: unknown, network: NetworkConfig): string | undefined {
  const result = blobScheduleShape.safeParse(listed)
  if (!result.success) return undefined
  const theirs = limitsText(result.data.map((row) => [row.EPOCH, row.MAX_BLOBS_PER_BLOCK]))
  const mine = limitsText(network.blobSchedule.map((row) => [row.epoch, row.maxBlobsPerBlock]))
  return mine === theirs ? undefined : `blobs by epoch: ours ${mine || 'none'}, the node's ${theirs || 'none'}`
}

function limitsText(limits: readonly (readonly [epoch: number, maxBlobs: number])[]): string {
  const dated = limits.filter(([epoch]) => Number.isFinite(epoch)).toSorted(([a], [b]) => a - b)
  return dated.map(([epoch, maxBlobs]) => `${epoch}:${maxBlobs}`).join(' ')
}

/**
 * A node whose configuration has one of the two names may answer a default for the other, so that the older one may speak
 * for both where it can: it has whole seconds only.
 */
function slotDurationRow(slotDurationMs: number, spec: NodeIdentity['spec']): Row {
  const seconds: Row = ['SECONDS_PER_SLOT', String(Math.floor(slotDurationMs / 1000)), spec['SECONDS_PER_SLOT']]
  const speaksForBoth = slotDurationMs % 1000 === 0 && seconds[1] === seconds[2]
  if (speaksForBoth || spec['SLOT_DURATION_MS'] === undefined) return seconds
  return ['SLOT_DURATION_MS', String(slotDurationMs), spec['SLOT_DURATION_MS']]
}

/** Of our forks that start together the last one is in force. */
function versionAt(network: NetworkConfig, epoch: number): string {
  return network.forks.findLast((fork) => fork.epoch <= epoch)?.versionHex ?? 'none'
}

/** Of forks that start together nodes list the last one only, or all, some in the order of their versions. */
function theirVersionAt(forks: readonly ForkRow[], epoch: number, mine: string): string {
  const startedAt = forks.map((fork) => fork.epoch).filter((at) => at <= epoch)
  const newest = Math.max(...startedAt)
  const inForce = forks.filter((fork) => fork.epoch === newest).map((fork) => fork.current_version)
  return inForce.includes(mine) ? mine : (inForce.at(-1) ?? 'none')
}
