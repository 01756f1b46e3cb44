/**
 * What a signature is of: an object's root and the domain that it was made for, so that it counts for nothing else.
 * Spec: specs/phase0/beacon-chain.md#compute_domain, #get_domain, #compute_signing_root
 */
import { fromHex } from '../shared/hex.ts'
import type { NetworkConfig } from './network-config.ts'
import { pairRoot } from './ssz/fixed-root.ts'

/** First byte of the domain types of the specs, whose other three are 0 (specs/<fork>/beacon-chain.md#domains). */
const DOMAIN_TYPES = {
  beaconProposer: 0x00,
  beaconAttester: 0x01,
  voluntaryExit: 0x04,
  selectionProof: 0x05,
  aggregateAndProof: 0x06,
  syncCommittee: 0x07,
  syncCommitteeSelectionProof: 0x08,
  contributionAndProof: 0x09,
  blsToExecutionChange: 0x0a,
  ptcAttester: 0x0c,
} as const
export type DomainName = keyof typeof DOMAIN_TYPES

const DOMAIN_BYTES = 32
const DOMAIN_TYPE_BYTES = 4

/** hash_tree_root of SigningData: of the object's root and the domain, 32 bytes each. */
export function signingRoot(objectRoot: Uint8Array, domain: Uint8Array): Uint8Array {
  return pairRoot(objectRoot, domain)
}

/**
 * compute_domain.
 * @param forkVersionHex 4 bytes of hex
 * @throws Error when it is no hex of that length
 */
export function computeDomain(name: DomainName, forkVersionHex: string, genesisValidatorsRoot: Uint8Array): Uint8Array {
  const version = Buffer.alloc(DOMAIN_BYTES)
  version.set(fromHex(forkVersionHex, 4))
  const forkDataRoot = pairRoot(version, genesisValidatorsRoot)
  const domain = new Uint8Array(DOMAIN_BYTES)
  domain[0] = DOMAIN_TYPES[name]
  domain.set(forkDataRoot.subarray(0, DOMAIN_BYTES - DOMAIN_TYPE_BYTES), DOMAIN_TYPE_BYTES)
  return domain
}

/** The domains of a network. Each is worked out once: a few names, times the forks that there are. */
export class SigningDomains {
  readonly #network: NetworkConfig
  readonly #genesisValidatorsRoot: Uint8Array
  readonly #domains = new Map<string, Uint8Array>()

  constructor(network: NetworkConfig) {
    this.#network = network
    this.#genesisValidatorsRoot = fromHex(network.genesisValidatorsRootHex, 32)
  }

  /**
   * get_domain, of the state of an epoch: a state knows its own fork and the one before, which counts for all that is
   * older.
   * @param messageEpoch that the message is of
   * @param stateEpoch by whose state it is judged, the current one; the message's own for what must be of its time
   */
  at(name: DomainName, messageEpoch: number, stateEpoch = messageEpoch): Uint8Array {
    const { forks } = this.#network
    const current = Math.max(
      0,
      forks.findLastIndex(({ epoch }) => epoch <= stateEpoch),
    )
    const isOlder = messageEpoch < (forks[current]?.epoch ?? 0)
    return this.#domain(name, forks[isOlder ? Math.max(0, current - 1) : current]?.versionHex)
  }

  /**
   * That of a voluntary exit: from Deneb on it is Capella's whatever the epoch of the exit, so that exits stay valid
   * (EIP-7044, specs/deneb/beacon-chain.md#modified-process_voluntary_exit).
   */
  ofExit(exitEpoch: number, stateEpoch: number): Uint8Array {
    const { forks } = this.#network
    const deneb = forks.find(({ name }) => name === 'deneb')
    if (deneb === undefined || stateEpoch < deneb.epoch) return this.at('voluntaryExit', exitEpoch, stateEpoch)
    return this.#domain('voluntaryExit', forks.find(({ name }) => name === 'capella')?.versionHex)
  }

  /** Fork-agnostic: the genesis version, for ever (specs/capella/beacon-chain.md#new-process_bls_to_execution_change). */
  ofBlsChange(): Uint8Array {
    return this.#domain('blsToExecutionChange', this.#network.forks[0]?.versionHex)
  }

  #domain(name: DomainName, versionHex: string | undefined): Uint8Array {
    if (versionHex === undefined) throw new Error(`${this.#network.name} has no fork for ${name}`)
    const key = `${name}:${versionHex}`
    let domain = this.#domains.get(key)
    if (domain === undefined) {
      domain = computeDomain(name, versionHex, this.#genesisValidatorsRoot)
      this.#domains.set(key, domain)
    }
    return domain
  }
}
