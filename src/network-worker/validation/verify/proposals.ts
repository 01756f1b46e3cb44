/** Blocks and what carries their headers: the proposer's signature first, then what KZG says of blobs and cells. */
import type { PresetName } from '../../../consensus/network-config.ts'
import { type SigningDomains, signingRoot } from '../../../consensus/signing.ts'
import { type FieldRange, fieldRange } from '../../../consensus/ssz-layout-fields.ts'
import { readUint64 } from '../../../consensus/ssz-read.ts'
import { gossipType } from '../../../consensus/ssz-types/gossip-types.ts'
import { blobSidecar } from '../../../consensus/ssz-types/sidecars.ts'
import { to0xHex, toHex } from '../../../shared/hex.ts'
import { SIGNATURE_BYTES } from '../../../validation-pool/signature-sets.ts'
import type { ProposerFacts } from '../checks/rule.ts'
import type { CellThread } from './cell-thread.ts'
import { HeaderBook } from './header-book.ts'
import type { KeySource } from './key-source.ts'
import type { SignatureThread } from './signature-thread.ts'
import type { Outcome } from './verification-counts.ts'
import type { VerifiedTopic } from './verifier.ts'

/**
 * Blocks of mainnet have some 120 kB. The worst of this length, half a million transactions of no bytes, keeps the
 * thread for half a second; longer ones get no answer.
 */
const MAX_HASHED_BYTES = 2 * 1024 * 1024
/** Of the signature in a SignedBeaconBlock: behind the offset of the message. */
const BLOCK_SIGNATURE_AT = 4

export interface ProposalDeps {
  readonly keys: KeySource
  readonly domains: SigningDomains
  readonly preset: PresetName
  readonly slotsPerEpoch: number
  readonly signatures: SignatureThread
  readonly cells: CellThread
}

export class Proposals {
  readonly #deps: ProposalDeps
  readonly #book = new HeaderBook()
  readonly #column: Readonly<Record<'index' | 'column' | 'commitments' | 'proofs' | 'signature', FieldRange>>
  readonly #blob: Readonly<Record<'blob' | 'commitment' | 'proof' | 'signature', FieldRange>>

  constructor(deps: ProposalDeps) {
    this.#deps = deps
    // Only Fulu's columns carry their block's header.
    const column = gossipType('data_column_sidecar', 'fulu', deps.preset)
    this.#column = {
      index: fieldRange(column, 'index'),
      column: fieldRange(column, 'column'),
      commitments: fieldRange(column, 'kzgCommitments'),
      proofs: fieldRange(column, 'kzgProofs'),
      signature: fieldRange(column, 'signedBlockHeader.signature'),
    }
    this.#blob = {
      blob: fieldRange(blobSidecar, 'blob'),
      commitment: fieldRange(blobSidecar, 'kzgCommitment'),
      proof: fieldRange(blobSidecar, 'kzgProof'),
      signature: fieldRange(blobSidecar, 'signedBlockHeader.signature'),
    }
  }

  /** True when it is known who proposes in the slot, or the key of who says that it does. */
  canVerify({ slot, proposerIndex }: ProposerFacts): boolean {
    const { keys } = this.#deps
    return keys.proposerOf(slot) !== undefined || keys.pubkeyOf(proposerIndex) !== undefined
  }

  async block({ entry }: VerifiedTopic, ssz: Uint8Array, proposer: ProposerFacts): Promise<Outcome> {
    const pubkey = this.#keyOf(proposer)
    if (!(pubkey instanceof Uint8Array)) return pubkey
    if (ssz.length > MAX_HASHED_BYTES) return 'too_long'
    const signature = toHex(ssz.subarray(BLOCK_SIGNATURE_AT, BLOCK_SIGNATURE_AT + SIGNATURE_BYTES))
    const verifying = this.#deps.signatures.verifyBlock({
      fork: entry.fork,
      ssz: new Uint8Array(ssz), // others go on with the message
      pubkey,
      domain: this.#domain(proposer),
      signedRoot: this.#book.signedRoot(signature),
    })
    const noted = verifying.then((answer): Outcome => {
      if (answer === undefined) return 'invalid'
      if (typeof answer === 'string') return answer
      this.#book.note(signature, answer.root, answer.isSigned)
      return answer.isSigned ? 'valid' : 'invalid'
    })
    this.#book.watchBlock(signature, noted)
    return await noted
  }

  async column(ssz: Uint8Array, proposer: ProposerFacts): Promise<Outcome> {
    const places = this.#column
    const { cells } = this.#deps
    // Begins to load what is needed after the header.
    const isReady = cells.isReady()
    const copied = new Uint8Array(ssz)
    const header = await this.#header(read(copied, places.signature), proposer)
    if (header !== 'valid') return header
    if (!isReady) return 'setup_loading'
    return outcomeOf(
      await cells.verifyColumn({
        index: readUint64(copied, places.index.start(copied)),
        commitments: read(copied, places.commitments),
        cells: read(copied, places.column),
        proofs: read(copied, places.proofs),
      }),
    )
  }

  async blob(ssz: Uint8Array, proposer: ProposerFacts): Promise<Outcome> {
    const places = this.#blob
    const { cells } = this.#deps
    const isReady = cells.isReady()
    const copied = new Uint8Array(ssz)
    const header = await this.#header(read(copied, places.signature), proposer)
    if (header !== 'valid') return header
    if (!isReady) return 'setup_loading'
    return outcomeOf(
      await cells.verifyBlob({
        blob: read(copied, places.blob),
        commitment: read(copied, places.commitment),
        proof: read(copied, places.proof),
      }),
    )
  }

  /** The signature of the header that an object carries. */
  async #header(signature: Uint8Array, proposer: ProposerFacts): Promise<Outcome> {
    const { headerRoot } = proposer
    const pubkey = this.#keyOf(proposer)
    if (!(pubkey instanceof Uint8Array)) return pubkey
    if (headerRoot === undefined) return 'no_key'
    return await this.#book.resolve(toHex(signature), to0xHex(headerRoot), async () => {
      const set = { pubkey, signingRoot: signingRoot(headerRoot, this.#domain(proposer)), signature }
      return outcomeOf(await this.#deps.signatures.verify(set, true))
    })
  }

  /** The key of who must have signed; `invalid` when it is another's turn by the lookahead. */
  #keyOf({ slot, proposerIndex }: ProposerFacts): Uint8Array | 'invalid' | 'no_key' {
    const { keys } = this.#deps
    const expected = keys.proposerOf(slot)
    if (expected !== undefined) return expected.validatorIndex === proposerIndex ? expected.pubkey : 'invalid'
    return keys.pubkeyOf(proposerIndex) ?? 'no_key'
  }

  #domain({ slot }: ProposerFacts): Uint8Array {
    return this.#deps.domains.at('beaconProposer', Math.floor(slot / this.#deps.slotsPerEpoch))
  }
}

function read(ssz: Uint8Array, range: FieldRange): Uint8Array {
  return ssz.subarray(range.start(ssz), range.end(ssz))
}

function outcomeOf<Reason extends string>(answer: boolean | Reason): 'valid' | 'invalid' | Reason {
  if (typeof answer === 'string') return answer
  return answer ? 'valid' : 'invalid'
}
