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

/**
 * When V8 collects a whole heap by itself, for the threads from here on (ADR 23). By default that is when little was
 * allocated for some seconds, so in each quiet part of a slot, and whenever a tenth has been added; both take 10 to 30 ms of
 * which the first block of the next slot may see its share. Not for pages' sake, and at twice the size: the network thread
 * collects in time (host/heap-upkeep.ts), and for the others twice the size is little.
 */
const V8_FLAGS = ['--no-memory-reducer', '--heap-growing-percent=100']

export type NetworkThread = WorkerThread<WorkerBoot<RelayConfig>>

/** Starts the network worker's thread. @throws as `spawnThread` */
export function spawnNetworkThread(url: URL, deadlineMs: number): Promise<NetworkThread> {
  for (const flag of V8_FLAGS) setFlagsFromString(flag)
  return spawnThread({ url, name: 'network', resourceLimits: RESOURCE_LIMITS, deadlineMs })
}
