/**
 * The discovery worker's entry: a shell. In: settings and two ports, by the `start` call. Out: control answers on one
 * port, events on the other. It builds the thread-blind `discovery-node.ts` and owns what a thread needs besides: its
 * log, its ports, and its death.
 */
import { expose } from '@chainsafe/threads/worker'
import type { DiscoveryBoot, DiscoveryControl, DiscoveryEvents } from '../rpc/discovery-contract.ts'
import { createEmitter, type Emitter } from '../rpc/events.ts'
import { serve } from '../rpc/server.ts'
import type { WorkerModule } from '../rpc/worker-module.ts'
import { systemClock } from '../shared/clock.ts'
import { flushLogs } from '../shared/log-sink.ts'
import { createLogger, type Logger, type LogLevel } from '../shared/logger.ts'
import { type DiscoveryNode, startDiscoveryNode } from './discovery-node.ts'

/** Records wait a tenth of a second for company; 4,096 of them, some 4 MB, outlast any pause of the network thread. */
const BATCHING = { flushPeriodMs: 100, maxBatch: 256, maxBuffered: 4_096, urgent: ['addressVoted', 'fatal'] } as const

let log: Logger | undefined
let emitter: Emitter<DiscoveryEvents> | undefined
let node: Promise<DiscoveryNode> | undefined

async function stop(): Promise<void> {
  await (await node?.catch(() => undefined))?.stop() // a start that failed has left nothing to stop
  emitter?.close()
  flushLogs() // the thread is terminated from outside now
}

/** Nothing native is live here: the thread may end as it is, and is started anew. */
function die(cause: unknown): void {
  const error = cause instanceof Error ? cause : new Error(String(cause))
  log?.error({ err: error }, 'uncaught error: discovery ends')
  emitter?.emit('fatal', { message: error.message, stack: error.stack ?? '' })
  process.exit(1)
}

// The library has listeners of its own for these, which keep a broken worker alive in silence.
process.on('uncaughtException', die)
process.on('unhandledRejection', die)

async function start({ settings, control, events }: DiscoveryBoot): Promise<void> {
  const { logLevel, logFormat, logFile } = settings
  const threadLog = createLogger({ level: logLevel as LogLevel, format: logFormat, file: logFile }, 'discovery')
  log = threadLog
  const out = createEmitter<DiscoveryEvents>(events, BATCHING)
  emitter = out
  node = startDiscoveryNode({
    settings,
    clock: systemClock,
    log: threadLog,
    emit: (name, data) => out.emit(name, data),
  })
  const { control: handlers } = await node
  serve<DiscoveryControl>(control, handlers, (method, err) => threadLog.error({ err, method }, 'control call failed'))
}

expose<WorkerModule<DiscoveryBoot>>({ start, stop })
