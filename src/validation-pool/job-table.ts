/**
 * The jobs of the pool and what goes in and out of each: the one type both sides are checked against. All of that is
 * plain data, since it crosses threads by structured clone.
 */
import type { ForkName } from '../consensus/network-config.ts'
import type { SignatureAnswer } from './signature-sets.ts'

/**
 * Longer blocks are not hashed, by no job; those of mainnet have some 120 kB. The worst of this length, half a million
 * transactions of no bytes, takes half a second and 300 MB of heap.
 */
export const MAX_HASHED_BYTES = 2 * 1024 * 1024

export interface BlockFactsInput {
  readonly fork: ForkName
  /** A SignedBeaconBlock, compressed as it travels. */
  readonly data: Uint8Array<ArrayBuffer>
  /** Bound of the block without compression. */
  readonly maxSszBytes: number
}

/** What a block itself says; its root stands for the rest. */
export interface BlockFacts {
  readonly slot: number
  readonly proposerIndex: number
  /** hash_tree_root of the message, as `0x` and 64 hex digits. */
  readonly root: string
  /** Root of the block that it is built on, likewise. */
  readonly parentRoot: string
}

export interface VerifyBlockInput {
  readonly fork: ForkName
  /** A SignedBeaconBlock, not compressed. */
  readonly ssz: Uint8Array<ArrayBuffer>
  /** Of the proposer, 48 bytes. */
  readonly pubkey: Uint8Array
  /** That it signs blocks of this epoch in, 32 bytes. */
  readonly domain: Uint8Array
  /** The root that this very signature is known to be of, as `0x` and 64 hex digits: a block with it is signed. */
  readonly signedRoot: string | undefined
}

export interface VerifiedBlock {
  /** hash_tree_root of the message, as `0x` and 64 hex digits. */
  readonly root: string
  /** Whether the signature is the proposer's. */
  readonly answer: SignatureAnswer
}

/** A column of a block's blobs. Each of its lists is one run of bytes, for as many blobs as the others. */
export interface CellColumn {
  /** Below 128. */
  readonly index: number
  readonly commitments: Uint8Array
  readonly cells: Uint8Array
  readonly proofs: Uint8Array
}

export interface VerifyBlobInput {
  readonly blob: Uint8Array
  readonly commitment: Uint8Array
  readonly proof: Uint8Array
}

/** A row for each job. A new one is a row here, a file in `jobs/` and a line in `worker.ts`. */
export interface Jobs {
  /** Undefined for bytes that are no block of that fork. */
  'block-facts': { readonly input: BlockFactsInput; readonly output: BlockFacts | undefined }
  /** Sets as in `signature-sets.ts`; for each of them the byte that is its answer. */
  'verify-signatures': { readonly input: { readonly sets: Uint8Array<ArrayBuffer> }; readonly output: Uint8Array }
  /** Undefined for bytes that are no block of that fork. */
  'verify-block': { readonly input: VerifyBlockInput; readonly output: VerifiedBlock | undefined }
  /** For each of the columns 1 or 0. Without any, it loads what the next ones need. */
  'verify-cells': { readonly input: { readonly columns: readonly CellColumn[] }; readonly output: Uint8Array }
  /** True when the blob is the commitment's. */
  'verify-blob': { readonly input: VerifyBlobInput; readonly output: boolean }
}

export type JobName = keyof Jobs
export type JobInput<N extends JobName> = Jobs[N]['input']
export type JobOutput<N extends JobName> = Jobs[N]['output']

/** Does the job. Synchronous: a thread of the pool works on one at a time. */
export type JobRun<N extends JobName> = (input: JobInput<N>) => JobOutput<N>

/** What the client posts and a thread of the pool receives. */
export interface JobCall<N extends JobName> {
  readonly job: N
  readonly input: JobInput<N>
}

/** Hashers of SSZ, fastest first: native code, WebAssembly. */
export type HasherName = 'hashtree' | 'as-sha256'

/** Told by a thread of the pool beside the answers. */
export interface HasherNotice {
  readonly hasher: HasherName
}
