import type { RelayConfig } from '../config/schema.ts'
import { spawnThread, type WorkerThread } from '../rpc/spawn-thread.ts'
import type { WorkerBoot } from '../rpc/worker-module.ts'
import { setV8Flags } from './v8-flags.ts'

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
  setV8Flags()
  return spawnThread({ url, name: 'network', resourceLimits: RESOURCE_LIMITS, deadlineMs })
}
