/**
 * The part of @chainsafe/threads 1.11.1 that we use, in the types of Node. Its own declarations are not reachable
 * through its `exports`, and would pull the types of a browser into every file.
 */
declare module '@chainsafe/threads' {
  import type { Worker as NodeWorker, Transferable, WorkerOptions } from 'node:worker_threads'

  interface ThreadsWorkerOptions extends WorkerOptions {
    /** Takes the path as it is; otherwise it is joined to the directory of the calling file. */
    readonly suppressResolveScript?: boolean
    /** Leaves `.ts` files to Node instead of looking for ts-node. */
    readonly suppressTranspileTS?: boolean
  }

  export class Worker extends NodeWorker {
    constructor(path: string, options?: ThreadsWorkerOptions)
  }

  /** A value whose `transferables` change hands instead of being copied; only as a whole argument or result. */
  export interface TransferDescriptor<T> {
    readonly send: T
    readonly transferables: readonly Transferable[]
  }
  export function Transfer<T>(value: T, transferables: readonly Transferable[]): TransferDescriptor<T>

  /** What `spawn` answers: every exposed function, called in the worker. Its calls never settle once the worker died. */
  export type ModuleThread<M> = {
    readonly [K in keyof M]: M[K] extends (...args: infer A) => infer R
      ? (...args: { [I in keyof A]: A[I] | TransferDescriptor<A[I]> }) => Promise<Awaited<R>>
      : never
  }

  /** Waits for the worker's `expose`. @throws after `timeout` ms, or with an error the worker met before */
  export function spawn<M>(worker: Worker, options?: { readonly timeout?: number }): Promise<ModuleThread<M>>

  export const Thread: {
    terminate(thread: ModuleThread<unknown>): Promise<void>
  }
}

declare module '@chainsafe/threads/worker' {
  /** Offers the functions of `module` to the thread that spawned this one. Once a worker. */
  export function expose<M extends object>(module: M): void
}
