/**
 * The demo's chain: each block builds on the last one published, slots without a block are skipped. There is no state
 * transition behind it, so state roots are repeatable filler; all that gossip rules check is true.
 */
import { hash } from 'node:crypto'
import { BitArray } from '@chainsafe/ssz'
import { SYNC_COMMITTEE_SIZE } from '@lodestar/params'
import { type electra, type fulu, type phase0, ssz } from '@lodestar/types'
import type { DemoNetwork } from './demo-network.ts'
import { epochOf, proposerOf } from './duties.ts'
import { buildExecutionPayload } from './execution-payload.ts'
import type { KeyRing } from './keys.ts'
import { createDomains, type Domains, signingRoot } from './signing.ts'

/** The compressed point at infinity: the signature of a sync aggregate without participants. */
const G2_POINT_AT_INFINITY = Uint8Array.from({ length: 96 }, (_, index) => (index === 0 ? 0xc0 : 0))
const GRAFFITI = Buffer.alloc(32, 'starling demo'.padEnd(32, '\0'))

export interface DemoBlock {
  readonly signedBlock: fulu.SignedBeaconBlock
  readonly root: Uint8Array
  /** The header of this block, with the block's signature: header and block have the same root. */
  readonly signedHeader: phase0.SignedBeaconBlockHeader
}

export interface ProposalInput {
  readonly slot: number
  /** At most 6 (MAX_BLOBS_PER_BLOCK_ELECTRA of the demo network). */
  readonly blobCommitments: readonly Uint8Array[]
  /** At most 8 (MAX_ATTESTATIONS_ELECTRA). */
  readonly attestations: readonly electra.Attestation[]
}

export interface ChainHead {
  readonly slot: number
  readonly root: Uint8Array
}

function stateRoot(slot: number): Uint8Array {
  return hash('sha256', `starling-demo/state/${slot}`, 'buffer')
}

function genesisBlockRoot(): Uint8Array {
  const bodyRoot = ssz.fulu.BeaconBlock.fields.body.hashTreeRoot(ssz.fulu.BeaconBlock.fields.body.defaultValue())
  const parentRoot = new Uint8Array(32)
  return ssz.phase0.BeaconBlockHeader.hashTreeRoot({
    slot: 0,
    proposerIndex: 0,
    parentRoot,
    stateRoot: stateRoot(0),
    bodyRoot,
  })
}

/** Grows by one block at each call of `propose`; keeps nothing older than the head and the current epoch's target. */
export class DemoChain {
  readonly domains: Domains
  readonly #keys: KeyRing
  readonly #genesisTimeSeconds: number
  #head: ChainHead = { slot: 0, root: genesisBlockRoot() }
  #target: phase0.Checkpoint = { epoch: 0, root: this.#head.root }
  #payloadHash: Uint8Array = hash('sha256', 'starling-demo/genesis-payload', 'buffer')
  #blockNumber = 0

  constructor(network: DemoNetwork, keys: KeyRing) {
    this.domains = createDomains(network.forkVersion, network.genesisValidatorsRoot)
    this.#keys = keys
    this.#genesisTimeSeconds = network.config.genesisTimeSeconds
  }

  get head(): ChainHead {
    return this.#head
  }

  /**
   * What a validator attests to in `slot` with the current head. Source stays the genesis checkpoint (epoch 0, zero
   * root): only two committees of 64 attest, far from the two thirds that justify an epoch.
   * Spec: specs/phase0/validator.md#attesting, specs/electra/validator.md (index is 0)
   * @param slot not before the head's slot
   */
  attestationData(slot: number): phase0.AttestationData {
    return {
      slot,
      index: 0,
      beaconBlockRoot: this.#head.root,
      source: { epoch: 0, root: new Uint8Array(32) },
      target: this.#targetOf(epochOf(slot)),
    }
  }

  /** Builds, signs and appends the block of `input.slot`, which is after the head's. */
  propose(input: ProposalInput): DemoBlock {
    const { slot } = input
    if (slot <= this.#head.slot) throw new Error(`slot ${slot} is not after the head's slot ${this.#head.slot}`)
    const proposerIndex = proposerOf(slot)
    const body = this.#body(input, proposerIndex)
    const message: fulu.BeaconBlock = {
      slot,
      proposerIndex,
      parentRoot: this.#head.root,
      stateRoot: stateRoot(slot),
      body,
    }
    const root = ssz.fulu.BeaconBlock.hashTreeRoot(message)
    const signature = this.#keys.sign(proposerIndex, signingRoot(root, this.domains.proposer)).toBytes()
    const bodyRoot = ssz.fulu.BeaconBlock.fields.body.hashTreeRoot(body)
    this.#append(slot, root, body.executionPayload.blockHash)
    return {
      signedBlock: { message, signature },
      root,
      signedHeader: {
        message: { slot, proposerIndex, parentRoot: message.parentRoot, stateRoot: message.stateRoot, bodyRoot },
        signature,
      },
    }
  }

  #body(input: ProposalInput, proposerIndex: number): electra.BeaconBlockBody {
    const { slot, blobCommitments } = input
    const epochRoot = ssz.Epoch.hashTreeRoot(epochOf(slot))
    const executionPayload = buildExecutionPayload({
      slot,
      genesisTimeSeconds: this.#genesisTimeSeconds,
      parentHash: this.#payloadHash,
      blockNumber: this.#blockNumber + 1,
      blobCount: blobCommitments.length,
    })
    return {
      randaoReveal: this.#keys.sign(proposerIndex, signingRoot(epochRoot, this.domains.randao)).toBytes(),
      eth1Data: { depositRoot: new Uint8Array(32), depositCount: 0n, blockHash: new Uint8Array(32) },
      graffiti: GRAFFITI,
      proposerSlashings: [],
      attesterSlashings: [],
      attestations: [...input.attestations],
      deposits: [],
      voluntaryExits: [],
      syncAggregate: {
        syncCommitteeBits: BitArray.fromBitLen(SYNC_COMMITTEE_SIZE),
        syncCommitteeSignature: G2_POINT_AT_INFINITY,
      },
      executionPayload,
      blsToExecutionChanges: [],
      blobKzgCommitments: [...blobCommitments],
      executionRequests: { deposits: [], withdrawals: [], consolidations: [] },
    }
  }

  #append(slot: number, root: Uint8Array, payloadHash: Uint8Array): void {
    const epoch = epochOf(slot)
    // The first block of an epoch is its target only when it sits in the epoch's first slot; else the block before is.
    if (epoch > this.#target.epoch) {
      const isFirstSlot = epochOf(slot - 1) < epoch
      this.#target = { epoch, root: isFirstSlot ? root : this.#head.root }
    }
    this.#head = { slot, root }
    this.#payloadHash = payloadHash
    this.#blockNumber++
  }

  /** get_block_root(state, epoch): the block at the epoch's first slot, or the last one before it. */
  #targetOf(epoch: number): phase0.Checkpoint {
    return epoch > this.#target.epoch ? { epoch, root: this.#head.root } : this.#target
  }
}
