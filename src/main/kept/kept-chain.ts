/** One data directory, one chain: what was kept on one is untrue on another. */
import type { RelayConfig } from '../../config/schema.ts'
import { RelayError } from '../../shared/errors.ts'
import type { ChainStore, StoredChain } from '../../storage/chain-store.ts'
import { DATABASE_FILE } from '../../storage/open-database.ts'

/** Of a genesis validators root: enough to tell two chains of one name apart. */
const SHOWN_DIGITS = 8

/**
 * Takes the database for the chain of this start, the first time, and from then on for that one alone: bans, trust,
 * scores and records of peers of one network mislead on another. A chain is its genesis validators root, so that a newer
 * `--network-dir` of the same network, or a new name for it, is the same one.
 * @throws RelayError CONFIG_INVALID, with nothing changed, when it is another chain's
 */
export function claimForChain(store: ChainStore, { network, dataDir }: Pick<RelayConfig, 'network' | 'dataDir'>): void {
  const now = { genesisValidatorsRootHex: rootOf(network.genesisValidatorsRootHex), network: network.name }
  const kept = store.get()
  if (kept === undefined) store.set(now)
  else if (kept.genesisValidatorsRootHex !== now.genesisValidatorsRootHex) throw refusal(dataDir, kept, now)
}

function rootOf(hex: string): string {
  return hex.replace(/^0x/, '').toLowerCase()
}

function refusal(dataDir: string, kept: StoredChain, now: StoredChain): RelayError {
  const text = `${DATABASE_FILE} in ${dataDir} is of ${shown(kept)}, and this start is for ${shown(now)}`
  return new RelayError('CONFIG_INVALID', `${text}: each network needs a data directory of its own`)
}

function shown({ network, genesisValidatorsRootHex }: StoredChain): string {
  return `${network} (genesis validators root ${genesisValidatorsRootHex.slice(0, SHOWN_DIGITS)}…)`
}
