import { type NetworkConfig, presetOf } from '../../../consensus/network-config.ts'
import { SigningDomains } from '../../../consensus/signing.ts'
import type { SlotClock } from '../../../consensus/slot-clock.ts'
import type { GossipKind } from '../../../consensus/topic-table.ts'
import type { Clock } from '../../../shared/clock.ts'
import type { Logger } from '../../../shared/logger.ts'
import { PoolClient } from '../../../validation-pool/client.ts'
import type { SignatureBytes } from '../../../validation-pool/signature-sets.ts'
import type { Passed } from '../checks/rule.ts'
import { CellThread } from './cell-thread.ts'
import type { KeySource } from './key-source.ts'
import { Proposals } from './proposals.ts'
import { SignatureThread } from './signature-thread.ts'
import { type SignedObjects, signedObject, signedObjects } from './signed-objects.ts'
import { type Outcome, VerificationCounts } from './verification-counts.ts'
import type { Prospect, Verification, VerifiedTopic, Verifier } from './verifier.ts'

/**
 * A block waits for its signature, so that its thread is as urgent as those that forward. That for proofs goes behind by
 * itself, once it has loaded what it needs (validation-pool/jobs/trusted-setup.ts).
 */
const NICENESS = 0
/** How soon after keys are known the threads are made ready, ms. */
const KEYS_PERIOD_MS = 1000

export interface StatelessVerifierDeps {
  readonly network: NetworkConfig
  readonly slotClock: SlotClock
  readonly clock: Clock
  readonly log: Logger
  readonly keys: KeySource
}

/**
 * Verifies on two threads, each started with its first job: one for signatures and roots of blocks, one for KZG. On two
 * cores they take turns with the network thread, of which a message takes some 0.1 ms.
 */
export class StatelessVerifier implements Verifier {
  readonly counts = new VerificationCounts()
  readonly #pools: readonly PoolClient[]
  readonly #signatures: SignatureThread
  readonly #cells: CellThread
  readonly #proposals: Proposals
  readonly #signed: SignedObjects
  readonly #keys: KeySource
  readonly #warming: Disposable
  /** Whether there are topics whose messages carry KZG proofs. */
  #areProofsExpected = false
  #isWarm = false

  constructor({ network, slotClock, clock, log, keys }: StatelessVerifierDeps) {
    const preset = presetOf(network)
    const domains = new SigningDomains(network)
    const { slotsPerEpoch } = network
    const signaturePool = new PoolClient({ preset, clock, log, niceness: NICENESS })
    const cellPool = new PoolClient({ preset, clock, log, niceness: NICENESS })
    this.#pools = [signaturePool, cellPool]
    this.#signatures = new SignatureThread(signaturePool)
    this.#cells = new CellThread(cellPool)
    this.#proposals = new Proposals({
      ...{ keys, domains, preset, slotsPerEpoch },
      ...{ signatures: this.#signatures, cells: this.#cells },
    })
    this.#keys = keys
    this.#signed = signedObjects({
      keys,
      domains,
      preset,
      slotsPerEpoch,
      currentEpoch: () => slotClock.currentEpoch(),
    })
    this.#warming = clock.every(KEYS_PERIOD_MS, () => {
      const isKeyKnown = keys.validatorCount !== undefined || keys.proposerOf(slotClock.currentSlot() + 1) !== undefined
      if (isKeyKnown) void this.warmUp()
    })
  }

  expect(kind: GossipKind): void {
    this.#areProofsExpected ||= kind === 'data_column_sidecar' || kind === 'blob_sidecar'
    if (this.#isWarm && this.#areProofsExpected) void this.#cells.load()
  }

  prospect(topic: VerifiedTopic, ssz: Uint8Array, { proposer }: Passed): Prospect {
    const { kind } = topic.parsed.spec
    if (proposer !== undefined) {
      // Proofs need no key. Not before something comes: a thread that loads it cannot be stopped for two seconds.
      if (this.#areProofsExpected) void this.#cells.load()
      return isProposal(kind) ? this.#proposals.prospect(kind === 'beacon_block', proposer) : 'none'
    }
    const object = signedObject(this.#signed, kind, topic.entry.fork)
    if (object === undefined) return 'none'
    if (object.keyOf(ssz) !== undefined) return 'open'
    return this.#keys.validatorCount === undefined ? 'none' : 'stranger'
  }

  provesClaim(kind: GossipKind): boolean {
    return !PROVES_NO_CLAIM.has(kind)
  }

  async verify(topic: VerifiedTopic, ssz: Uint8Array, passed: Passed, source = ''): Promise<Verification> {
    return this.counts.count(topic.parsed.spec.kind, await this.#outcome(topic, ssz, passed, source))
  }

  /**
   * Starts the thread for signatures and has it load the types of blocks, 0.2 s and more, which the first block would
   * wait for otherwise; where columns or blobs are expected, has the other thread load the trusted setup. Done by itself
   * once proposers are known. Resolves when the first is done. Never rejects.
   */
  async warmUp(): Promise<void> {
    this.#warming[Symbol.dispose]()
    this.#isWarm = true
    if (this.#areProofsExpected) void this.#cells.load()
    await this.#signatures.warmUp()
  }

  /** Ends the threads; what they have not answered is unavailable. Idempotent. */
  async stop(): Promise<void> {
    this.#warming[Symbol.dispose]()
    await Promise.all(this.#pools.map((pool) => pool.stop()))
  }

  async #outcome(topic: VerifiedTopic, ssz: Uint8Array, { proposer }: Passed, source: string): Promise<Outcome> {
    const { kind } = topic.parsed.spec
    if (proposer !== undefined) {
      if (kind === 'beacon_block') return await this.#proposals.block(topic, ssz, proposer, source)
      if (kind === 'data_column_sidecar') return await this.#proposals.column(ssz, proposer, source)
      if (kind === 'blob_sidecar') return await this.#proposals.blob(ssz, proposer, source)
    }
    const { fork } = topic.entry
    const object = signedObject(this.#signed, kind, fork)
    const pubkey = object?.keyOf(ssz)
    if (object === undefined || pubkey === undefined) return 'no_key'
    const outcome = await this.#verifySets(object.setsOf(ssz, pubkey, fork), source)
    return outcome === 'bad_key' && object.carriesKey ? 'invalid' : outcome
  }

  async #verifySets(sets: readonly SignatureBytes[], source: string): Promise<Outcome> {
    const answers = await Promise.all(sets.map((set) => this.#signatures.verify(set, false, source)))
    // A wrong one is enough, whatever became of the other.
    if (answers.includes(false)) return 'invalid'
    return answers.find((answer) => typeof answer === 'string') ?? 'valid'
  }
}

/** See `provesClaim` of the interface. */
const PROVES_NO_CLAIM: ReadonlySet<GossipKind> = new Set<GossipKind>([
  'bls_to_execution_change',
  'beacon_attestation',
  'sync_committee',
])

function isProposal(kind: GossipKind): boolean {
  return kind === 'beacon_block' || kind === 'data_column_sidecar' || kind === 'blob_sidecar'
}
