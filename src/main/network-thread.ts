import type { RelayConfig } from '../config/schema.ts'
import { spawnThread, type WorkerThread } from '../rpc/spawn-thread.ts'
import type { WorkerBoot } from '../rpc/worker-module.ts'

/**
 * Heap limits of the network thread. What it allocates is messages that die young, and buffers outside the heap that die
 * with them. The less of it is in the heap, the rarer is the young generation collected, and the buffers of 120 kB blocks
 * make V8 collect everything instead: 20 to 30 times in 10 s with 16 MB, not once with 2 MB, at the same cost for small
 * messages (ADR 16). The old generation's limit is far above the steady state, so that only a leak meets it.
 */
const RESOURCE_LIMITS = { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 4_096 }

export type NetworkThread = WorkerThread<WorkerBoot<RelayConfig>>

/** Starts the network worker's thread. @throws as `spawnThread` */
export function spawnNetworkThread(url: URL, deadlineMs: number): Promise<NetworkThread> {
  return spawnThread({ url, name: 'network', resourceLimits: RESOURCE_LIMITS, deadlineMs })
}
