/**
 * The jobs of the pool and what goes in and out of each: the one type both sides are checked against. Everything here is
 * plain data, since it crosses threads by structured clone.
 */
import type { ForkName } from '../consensus/network-config.ts'

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
}

/** A row for each job. A new one is a row here, a file in `jobs/` and a line in `worker.ts`. */
export interface Jobs {
  /** Undefined for bytes that are no block of that fork. */
  'block-facts': { readonly input: BlockFactsInput; readonly output: BlockFacts | undefined }
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
