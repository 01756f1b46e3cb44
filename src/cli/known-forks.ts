import { createForkSchedule, type DigestEntry } from '../consensus/fork-schedule.ts'
import type { NetworkConfig } from '../consensus/network-config.ts'
import { NETWORK_NAMES, networkByName } from '../consensus/networks.ts'

/** A part of a network's schedule: the fork, or the change of blob parameters, that begins there. */
export interface KnownFork {
  readonly network: string
  readonly entry: DigestEntry
}

export interface KnownForks {
  byDigest(digestHex: string): KnownFork | undefined
  /** What a network plans to begin at `epoch` under that version. */
  planned(network: string, epoch: number, versionHex: string): KnownFork | undefined
}

/** The forks of `own` and of all networks known by name; where two share a digest it is `own`'s. */
export function knownForks(own: NetworkConfig): KnownForks {
  const others = NETWORK_NAMES.filter((name) => name !== own.name).map(networkByName)
  const schedules = [own, ...others].map((network) => ({ name: network.name, schedule: createForkSchedule(network) }))
  return {
    byDigest: (digestHex) => {
      for (const { name, schedule } of schedules) {
        const entry = schedule.byDigest(digestHex)
        if (entry !== undefined) return { network: name, entry }
      }
      return undefined
    },
    planned: (network, epoch, versionHex) => {
      const entry = schedules
        .find(({ name }) => name === network)
        ?.schedule.entries.find((one) => one.epoch === epoch && one.forkVersionHex === versionHex)
      return entry === undefined ? undefined : { network, entry }
    },
  }
}
