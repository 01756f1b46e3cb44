import { setFlagsFromString } from 'node:v8'
import type { RelayConfig } from '../config/schema.ts'
import { spawnThread, type WorkerThread } from '../rpc/spawn-thread.ts'
import type { WorkerBoot } from '../rpc/worker-module.ts'

/**
 * Heap limits of the network thread. What it allocates is messages that die young: with 2 MB a burst of attestations is
 * collected so often that part of it is taken for long-lived, with 32 MB memory grows for little. Buffers outside the heap
 * have a collection of their own (host/buffer-collection.ts). The old generation's limit is far above the steady state, so
 * that only a leak meets it.
 */
const RESOURCE_LIMITS = { maxYoungGenerationSizeMb: 16, maxOldGenerationSizeMb: 4_096 }

export type NetworkThread = WorkerThread<WorkerBoot<RelayConfig>>

/** Starts the network worker's thread. @throws as `spawnThread` */
export function spawnNetworkThread(url: URL, deadlineMs: number): Promise<NetworkThread> {
  // When little was allocated for some seconds, V8 collects the whole heap to give pages back: in the quiet part of a slot
  // that happens again and again, and holds up the first block of the next one for 10 to 20 ms (ADR 23). Read as a heap is
  // made, so that the heaps of all threads from here on do without.
  setFlagsFromString('--no-memory-reducer')
  return spawnThread({ url, name: 'network', resourceLimits: RESOURCE_LIMITS, deadlineMs })
}
