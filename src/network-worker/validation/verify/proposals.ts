/** Blocks and what carries their headers: the proposer's signature first, then what KZG says of blobs and cells. */
import type { PresetName } from '../../../consensus/network-config.ts'
import { type SigningDomains, signingRoot } from '../../../consensus/signing.ts'
import { type FieldRange, fieldRange } from '../../../consensus/ssz/ssz-layout-fields.ts'
import { readUint64 } from '../../../consensus/ssz/ssz-read.ts'
import { gossipType } from '../../../consensus/ssz-types/gossip-types.ts'
import { blobSidecar } from '../../../consensus/ssz-types/sidecars.ts'
import { to0xHex, toHex } from '../../../shared/hex.ts'
import { SIGNATURE_BYTES } from '../../../validation-pool/signature-sets.ts'
import type { ProposerFacts } from '../checks/rule.ts'
import type { CellThread } from './cell-thread.ts'
import { DearBlocks } from './dear-blocks.ts'
import { HeaderBook } from './header-book.ts'
import type { KeySource } from './key-source.ts'
import type { SignatureThread, Unanswered } from './signature-thread.ts'
import type { Outcome } from './verification-counts.ts'
import type { Prospect, VerifiedTopic } from './verifier.ts'
import { type WaitingSidecar, WaitingSidecars } from './waiting-sidecars.ts'

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

/** Who must have signed. */
interface Signer {
  readonly pubkey: Uint8Array
  /** False when the lookahead has another one for the slot. */
  readonly isExpected: boolean
}

interface Sidecar extends WaitingSidecar {
  /** Apart from the copy, so that it keeps nothing of that. */
  readonly signature: Uint8Array
  /** What KZG says. The copy changes hands. */
  readonly prove: (copy: Uint8Array) => Promise<boolean | Unanswered>
}

export class Proposals {
  readonly #deps: ProposalDeps
  readonly #book = new HeaderBook()
  readonly #dearBlocks: DearBlocks
  readonly #waiting = new WaitingSidecars()
  readonly #column: Readonly<Record<'index' | 'column' | 'commitments' | 'proofs' | 'signature', FieldRange>>
  readonly #blob: Readonly<Record<'blob' | 'commitment' | 'proof' | 'signature', FieldRange>>

  constructor(deps: ProposalDeps) {
    this.#deps = deps
    this.#dearBlocks = new DearBlocks(deps.preset)
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

  /**
   * What is to be expected of a block, or of what carries its header, whose proofs need no key. Not `none` for a proposer
   * who is not in the registry: an index beyond it is the cheapest of forgeries, and an honest newcomer can wait for a
   * second peer.
   */
  prospect(isBlock: boolean, { slot, proposerIndex }: ProposerFacts): Prospect {
    const { keys, cells } = this.#deps
    const expected = keys.proposerOf(slot)
    const isKnown = expected !== undefined || keys.pubkeyOf(proposerIndex) !== undefined
    if (!isKnown && keys.validatorCount === undefined) return isBlock ? 'none' : 'open'
    const isOther = expected !== undefined && expected.validatorIndex !== proposerIndex
    return isBlock || !isKnown || isOther || !cells.isReady ? 'open' : 'sure'
  }

  async block({ entry }: VerifiedTopic, ssz: Uint8Array, proposer: ProposerFacts, source: string): Promise<Outcome> {
    const signer = this.#signerOf(proposer)
    if (typeof signer === 'string') return signer
    if (this.#dearBlocks.has(entry.fork, ssz)) return 'too_long'
    const signature = toHex(ssz.subarray(BLOCK_SIGNATURE_AT, BLOCK_SIGNATURE_AT + SIGNATURE_BYTES))
    const block = {
      fork: entry.fork,
      ssz: new Uint8Array(ssz), // others go on with the message
      pubkey: signer.pubkey,
      domain: this.#domain(proposer),
      signedRoot: this.#book.signedRoot(signature),
    }
    const noted = this.#deps.signatures.verifyBlock(block, source).then((answer): Outcome => {
      if (answer === undefined) return 'invalid'
      if (typeof answer === 'string') return answer
      if (answer.answer !== 'bad_key') this.#book.note(signature, answer.root, answer.answer)
      return outcomeOf(answer.answer)
    })
    this.#book.watchBlock(signature, noted)
    return ofSigner(signer, await noted)
  }

  column(ssz: Uint8Array, proposer: ProposerFacts, source: string): Promise<Outcome> {
    const places = this.#column
    const prove = (copy: Uint8Array): Promise<boolean | Unanswered> => {
      const column = {
        index: readUint64(copy, places.index.start(copy)),
        commitments: read(copy, places.commitments),
        cells: read(copy, places.column),
        proofs: read(copy, places.proofs),
      }
      return this.#deps.cells.verifyColumn(column, source)
    }
    return this.#proven(sidecarOf(ssz, places.signature, prove), proposer, source)
  }

  blob(ssz: Uint8Array, proposer: ProposerFacts, source: string): Promise<Outcome> {
    const places = this.#blob
    const prove = (copy: Uint8Array): Promise<boolean | Unanswered> => {
      const blob = {
        blob: read(copy, places.blob),
        commitment: read(copy, places.commitment),
        proof: read(copy, places.proof),
      }
      return this.#deps.cells.verifyBlob(blob, source)
    }
    return this.#proven(sidecarOf(ssz, places.signature, prove), proposer, source)
  }

  /**
   * First the header, then what KZG says, which needs no key: wrong cells under a true header are found out whatever is
   * known of its proposer. A forged header is told while the trusted setup is still loaded.
   */
  async #proven(sidecar: Sidecar, proposer: ProposerFacts, source: string): Promise<Outcome> {
    const isLoaded = this.#deps.cells.load()
    const signer = this.#signerOf(proposer)
    // What waits for no header waits in the thread's queue, where sources take turns, for the trusted setup too.
    if (typeof signer === 'string') return withProof(this.#unsigned(signer), await proofOf(sidecar))
    const ready = await this.#waiting.wait(source, sidecar, async () => {
      const header = await this.#header(signer, sidecar.signature, proposer, source)
      return { header, canProve: header !== 'invalid' && (await isLoaded) }
    })
    if (ready === undefined) return 'queue_full'
    if (ready.header === 'invalid') return 'invalid'
    return withProof(ready.header, ready.canProve ? await proofOf(sidecar) : 'failed')
  }

  /** What a right proof makes of an object whose header cannot be verified. */
  #unsigned(reason: 'no_key' | 'other_proposer'): Outcome {
    return reason === 'no_key' && this.#deps.keys.validatorCount === undefined ? 'proven' : reason
  }

  /** The signature of the header that an object carries. */
  async #header(signer: Signer, signature: Uint8Array, proposer: ProposerFacts, source: string): Promise<Outcome> {
    const { headerRoot } = proposer
    if (headerRoot === undefined) return 'no_key'
    const outcome = await this.#book.resolve(toHex(signature), to0xHex(headerRoot), async () => {
      const { pubkey } = signer
      const set = { pubkey, signingRoot: signingRoot(headerRoot, this.#domain(proposer)), signature }
      return outcomeOf(await this.#deps.signatures.verify(set, true, source))
    })
    return ofSigner(signer, outcome)
  }

  /** A proposer that the lookahead has not got may be that of another branch, which we are not told of. */
  #signerOf({ slot, proposerIndex }: ProposerFacts): Signer | 'no_key' | 'other_proposer' {
    const { keys } = this.#deps
    const expected = keys.proposerOf(slot)
    if (expected?.validatorIndex === proposerIndex) return { pubkey: expected.pubkey, isExpected: true }
    const pubkey = keys.pubkeyOf(proposerIndex)
    if (pubkey !== undefined) return { pubkey, isExpected: expected === undefined }
    return expected === undefined ? 'no_key' : 'other_proposer'
  }

  #domain({ slot }: ProposerFacts): Uint8Array {
    return this.#deps.domains.at('beaconProposer', Math.floor(slot / this.#deps.slotsPerEpoch))
  }
}

/** A wrong signature is a forgery whoever's turn it is; a right one of another proposer proves nothing. */
function ofSigner({ isExpected }: Signer, outcome: Outcome): Outcome {
  return outcome === 'valid' && !isExpected ? 'other_proposer' : outcome
}

/** A wrong proof is a forgery whoever signed the header; a right one says nothing of the signer. */
function withProof(header: Outcome, proof: boolean | Unanswered): Outcome {
  if (typeof proof === 'string') return proof
  return proof ? header : 'disproven'
}

/** What is kept of a message, which may change: a copy of it. */
function sidecarOf(ssz: Uint8Array, signature: FieldRange, prove: Sidecar['prove']): Sidecar {
  return { copy: new Uint8Array(ssz), signature: new Uint8Array(read(ssz, signature)), prove }
}

async function proofOf({ copy, prove }: Sidecar): Promise<boolean | Unanswered> {
  return copy === undefined ? 'queue_full' : await prove(copy)
}

function read(ssz: Uint8Array, range: FieldRange): Uint8Array {
  return ssz.subarray(range.start(ssz), range.end(ssz))
}

function outcomeOf<Reason extends string>(answer: boolean | Reason): 'valid' | 'invalid' | Reason {
  if (typeof answer === 'string') return answer
  return answer ? 'valid' : 'invalid'
}
