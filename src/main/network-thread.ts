import type { RelayConfig } from '../config/schema.ts'
import { spawnThread, type WorkerThread } from '../rpc/spawn-thread.ts'
import type { WorkerBoot } from '../rpc/worker-module.ts'

/**
 * Heap limits of the network thread. Most of what it allocates is messages that die young: with V8's default young
 * generation they are copied to the old one instead, and its collections stop forwarding for longer. The old
 * generation's limit is far above the steady state, so that only a leak meets it.
 */
const RESOURCE_LIMITS = { maxYoungGenerationSizeMb: 64, maxOldGenerationSizeMb: 4_096 }

export type NetworkThread = WorkerThread<WorkerBoot<RelayConfig>>

/** Starts the network worker's thread. @throws as `spawnThread` */
export function spawnNetworkThread(url: URL, deadlineMs: number): Promise<NetworkThread> {
  return spawnThread({ url, name: 'network', resourceLimits: RESOURCE_LIMITS, deadlineMs })
}
