/**
 * The demo's fixed blobs with their cells and proofs. Loading the trusted setup takes two seconds of a core and the
 * cells of a blob 0.3 s, so it is done once, in a thread of its own, while the first blocks go out without blobs.
 */
import { createHash } from 'node:crypto'
import { Worker } from 'node:worker_threads'
import { siblingUrl } from '../shared/worker-url.ts'

/** BYTES_PER_FIELD_ELEMENT * FIELD_ELEMENTS_PER_BLOB (specs/deneb/polynomial-commitments.md). */
const BYTES_PER_FIELD_ELEMENT = 32
const FIELD_ELEMENTS_PER_BLOB = 4096
export const BLOB_COUNT = 2

/** Structured-cloneable: it comes from the thread that computes it. */
export interface BlobWithCells {
  readonly commitment: Uint8Array
  /** 128 cells of 2,048 bytes, in order of column. */
  readonly cells: readonly Uint8Array[]
  /** 128 proofs of 48 bytes, in order of column. */
  readonly proofs: readonly Uint8Array[]
}

/** Fixed blob `index`: every field element has a zero first byte and so is below the field's modulus. */
export function demoBlob(index: number): Uint8Array {
  const lengthBytes = FIELD_ELEMENTS_PER_BLOB * BYTES_PER_FIELD_ELEMENT
  const blob = createHash('shake256', { outputLength: lengthBytes }).update(`starling-demo/blob/${index}`).digest()
  for (let offset = 0; offset < lengthBytes; offset += BYTES_PER_FIELD_ELEMENT) blob[offset] = 0
  return blob
}

/**
 * Computes all blobs in a thread, which then ends; after an abort it may do so some seconds later.
 * @throws Error when `signal` aborts, or what the thread threw
 */
export async function computeBlobs(signal: AbortSignal): Promise<readonly BlobWithCells[]> {
  signal.throwIfAborted()
  const worker = new Worker(siblingUrl(import.meta.url, './blobs-worker'))
  const { promise, resolve, reject } = Promise.withResolvers<readonly BlobWithCells[]>()
  const onAbort = (): void => reject(new Error('the computation of blobs was aborted'))
  signal.addEventListener('abort', onAbort, { once: true })
  worker.once('message', resolve)
  worker.once('error', reject)
  worker.once('exit', (code) => reject(new Error(`the blob thread ended early with code ${code}`)))
  try {
    return await promise
  } finally {
    signal.removeEventListener('abort', onAbort)
    const ended = worker.terminate()
    // A thread in the middle of its native call takes seconds to end: who aborts does not wait for that.
    if (!signal.aborted) await ended
  }
}
