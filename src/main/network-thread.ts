import type { RelayConfig } from '../config/schema.ts'
import { spawnThread, type WorkerThread } from '../rpc/spawn-thread.ts'
import type { WorkerBoot } from '../rpc/worker-module.ts'

/**
 * Heap limits of the network thread. What it allocates is messages that die young, and buffers outside the heap that die
 * with them: a young generation of 16 MB is collected often enough to free these, where one of 64 MB leaves them until V8
 * collects everything (120 kB blocks at 40/s: half the CPU, p99 6.8 ms instead of 10.7; small messages cost the same; 40 MB
 * less memory). The old generation's limit is far above the steady state, so that only a leak meets it.
 */
const RESOURCE_LIMITS = { maxYoungGenerationSizeMb: 16, maxOldGenerationSizeMb: 4_096 }

export type NetworkThread = WorkerThread<WorkerBoot<RelayConfig>>

/** Starts the network worker's thread. @throws as `spawnThread` */
export function spawnNetworkThread(url: URL, deadlineMs: number): Promise<NetworkThread> {
  return spawnThread({ url, name: 'network', resourceLimits: RESOURCE_LIMITS, deadlineMs })
}
