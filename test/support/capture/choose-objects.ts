/** Which of the objects of a few minutes are kept: all that one slot has of each kind, as few as show it. */
import type { GossipKind } from '../../../src/consensus/topic-table.ts'

export interface Captured {
  /** The whole topic. */
  readonly topic: string
  readonly kind: GossipKind
  /** Of the topic; undefined where it has no subnets. */
  readonly subnet: number | undefined
  /** Undefined for what is of no slot. */
  readonly slot: number | undefined
  /** Unix time in ms. */
  readonly receivedAtMs: number
  /** As it came: one snappy block. */
  readonly compressed: Uint8Array
}

/** So many of a kind, of different subnets; 1 of the others. A blob is 130 kB. */
const KEPT: Partial<Readonly<Record<GossipKind, number>>> = {
  beacon_attestation: 2,
  beacon_aggregate_and_proof: 2,
  sync_committee: 4,
  sync_committee_contribution_and_proof: 2,
  data_column_sidecar: 4,
}
/** Columns that are kept whatever came first: both ends, and two neighbours in the middle. */
const KEPT_COLUMNS: readonly number[] = [0, 63, 64, 127]

/**
 * The objects of the slot that has the most kinds of them, and of those slots the one with the longest block; the longest
 * block of all; the first, which has the genesis block for a parent; the last of each kind that is of no slot, since updates
 * for light clients say more once there is finality.
 */
export function chooseObjects(captured: readonly Captured[]): readonly Captured[] {
  const slots = Map.groupBy(
    captured.filter(({ slot }) => slot !== undefined),
    ({ slot }) => slot,
  )
  const [richest = []] = [...slots.values()].sort((a, b) => richness(b) - richness(a))
  const blocks = captured.filter(({ kind }) => kind === 'beacon_block')
  const byLength = blocks.toSorted((a, b) => b.compressed.length - a.compressed.length)
  const chosen = [
    ...blocks.slice(0, 1),
    ...byLength.slice(0, 1),
    ...firstOfEachKind(richest),
    ...firstOfEachKind(captured.filter(({ slot }) => slot === undefined).reverse()),
  ]
  return [...new Set(chosen)]
}

/** Kinds first, bytes of the block among slots of the same kinds. */
function richness(objects: readonly Captured[]): number {
  const kinds = new Set(objects.map(({ kind }) => kind)).size
  const block = objects.find(({ kind }) => kind === 'beacon_block')
  return kinds * 2 ** 24 + (block?.compressed.length ?? 0)
}

/** In order of subnet, so that of what is kept once, as blobs, it is that of the first subnet. */
function firstOfEachKind(objects: readonly Captured[]): readonly Captured[] {
  const byKind = Map.groupBy(objects, ({ kind }) => kind)
  return [...byKind].flatMap(([kind, all]) => {
    if (kind === 'data_column_sidecar') return all.filter(({ subnet }) => KEPT_COLUMNS.includes(subnet ?? -1))
    const bySubnet = [...Map.groupBy(all, ({ subnet = 0 }) => subnet)].sort(([a], [b]) => a - b)
    const firsts = bySubnet.flatMap(([, ofSubnet]) => ofSubnet.slice(0, 1))
    const others = bySubnet.flatMap(([, ofSubnet]) => ofSubnet.slice(1))
    return [...firsts, ...others].slice(0, KEPT[kind] ?? 1)
  })
}
