/**
 * What the shape of a container depends on: its fork, and the preset's sizes.
 *
 * From Gloas on lists are progressive (EIP-7688): their types have no limit, and the rules reject by count what exceeds
 * the old one (specs/gloas/p2p-interface.md, specs/gloas/beacon-chain.md). Those counts stay limits here, so that the
 * layout says it; only deposit requests and the block access list have none.
 */
import { type ForkName, isForkAtLeast, type PresetName } from '../network-config.ts'
import type { SszType } from '../ssz/ssz-layout-type.ts'

/** Constants of presets/<preset>/*.yaml that are in types of gossip objects and differ between the presets. */
interface PresetSizes {
  readonly maxCommitteesPerSlot: number
  readonly syncCommitteeSize: number
  readonly maxWithdrawalsPerPayload: number
  readonly ptcSize: number
}

const PRESET_SIZES: Readonly<Record<PresetName, PresetSizes>> = {
  mainnet: { maxCommitteesPerSlot: 64, syncCommitteeSize: 512, maxWithdrawalsPerPayload: 16, ptcSize: 512 },
  minimal: { maxCommitteesPerSlot: 4, syncCommitteeSize: 32, maxWithdrawalsPerPayload: 4, ptcSize: 16 },
}

export interface Edition extends PresetSizes {
  readonly fork: ForkName
}

export function editionOf(fork: ForkName, preset: PresetName): Edition {
  return { fork, ...PRESET_SIZES[preset] }
}

/** `edition` itself, or that of `fork` when it is older: for types which the older ones have not. */
export function notBefore(edition: Edition, fork: ForkName): Edition {
  return isForkAtLeast(edition.fork, fork) ? edition : { ...edition, fork }
}

type Fields = Readonly<Record<string, SszType>>

/** `fields` in the forks from `from` on and before `until`, none in others: to be spread into a container's fields. */
export function fieldsIn(edition: Edition, forks: { from: ForkName; until?: ForkName }, fields: Fields): Fields {
  const isOver = forks.until !== undefined && isForkAtLeast(edition.fork, forks.until)
  return isForkAtLeast(edition.fork, forks.from) && !isOver ? fields : {}
}
