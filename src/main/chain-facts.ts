import type { ChainFacts, ForkView } from '../api/chain-facts.ts'
import { chainSpec } from '../config/chain-spec.ts'
import type { RelayConfig } from '../config/schema.ts'

type Network = RelayConfig['network']

/** What the beacon node API says of a network. */
export function chainFacts(network: Network): ChainFacts {
  return {
    spec: chainSpec(network),
    forkSchedule: forkSchedule(network.forks),
    genesis: {
      genesis_time: String(network.genesisTimeSeconds),
      genesis_validators_root: `0x${network.genesisValidatorsRootHex}`,
      genesis_fork_version: `0x${network.forks[0]?.versionHex}`,
    },
  }
}

/** Forks with a date; of those that start together each is listed, in their order. */
function forkSchedule(forks: Network['forks']): readonly ForkView[] {
  return forks
    .filter(({ epoch }) => Number.isFinite(epoch))
    .map(({ versionHex, epoch }, index, scheduled) => ({
      previous_version: `0x${scheduled[index - 1]?.versionHex ?? versionHex}`,
      current_version: `0x${versionHex}`,
      epoch: String(epoch),
    }))
}
