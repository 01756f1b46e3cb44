import type { TestContext } from 'node:test'
import pino from 'pino'
import type { RelayConfig } from '../../../src/config/schema.ts'
import { type SupervisorDeadlines, WorkerSupervisor } from '../../../src/main/worker-supervisor.ts'
import { RESTORED } from './sample-views.ts'

export interface Supervised {
  readonly supervisor: WorkerSupervisor
  /** Names of the events heard, pulses with their slot. */
  readonly heard: string[]
  readonly failures: Error[]
  /** Resolves when the node says that it listens. */
  readonly listening: Promise<void>
  /** Resolves with the first failure that is reported. */
  readonly failure: Promise<Error>
}

/** The library's timer outlives a failed spawn, and the test's process waits for it. */
export const FAILED_SPAWN: Partial<SupervisorDeadlines> = { spawnMs: 3_000 }

/**
 * A supervisor of one of the worker files beside this one; stopped when the test ends. Its deadlines are the relay's, which
 * a busy machine keeps: a test that waits for one has it shorter.
 */
export function supervise(
  t: TestContext,
  file: string,
  scenario: readonly string[] = [],
  deadlines: Partial<SupervisorDeadlines> = {},
): Supervised {
  const heard: string[] = []
  const failures: Error[] = []
  const failed = Promise.withResolvers<Error>()
  const listening = Promise.withResolvers<void>()
  const supervisor = new WorkerSupervisor({
    url: new URL(file, import.meta.url),
    // All that the shell and faulty-node.ts read of it.
    config: { peers: scenario, logLevel: 'silent', logFormat: 'json' } as unknown as RelayConfig,
    restored: RESTORED,
    log: pino({ level: 'silent' }),
    listeners: {
      listening: ({ info }) => {
        heard.push(`listening ${info.peer_id}`)
        listening.resolve()
      },
      pulse: ({ slot }) => heard.push(`pulse ${slot}`),
      mesh: ({ action }) => heard.push(`mesh ${action}`),
      scoreBan: ({ peerId }) => heard.push(`banned ${peerId}`),
      scoreBanLifted: ({ peerId }) => heard.push(`lifted ${peerId}`),
      firstBlock: ({ peerId }) => heard.push(`first block ${peerId}`),
      peerDiscovered: ({ peerId }) => heard.push(`discovered ${peerId}`),
      recordKept: ({ peerId }) => heard.push(`kept ${peerId}`),
      streamed: ({ events }) => heard.push(`streamed ${events.length}`),
      recordForgotten: ({ peerId }) => heard.push(`forgot ${peerId}`),
    },
    deadlines,
    onFailure: (reason) => {
      failures.push(reason)
      failed.resolve(reason)
    },
  })
  t.after(() => supervisor.stop().catch(() => undefined))
  return { supervisor, heard, failures, listening: listening.promise, failure: failed.promise }
}
