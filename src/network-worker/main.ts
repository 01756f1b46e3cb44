/**
 * The network worker's entry: a shell. In: the configuration, what earlier runs left, and two ports, by the `start` call. Out: control answers
 * on one port, events on the other. It builds the thread-blind `network-node.ts` and owns what a thread needs besides:
 * its log, its ports, and its death. QUIC's native side kills the whole process when this thread ends while it is live,
 * so every way out stops libp2p first.
 */
import { expose } from '@chainsafe/threads/worker'
import type { RelayConfig } from '../config/schema.ts'
import type { Control, Events } from '../rpc/contract.ts'
import { createEmitter, type Emitter } from '../rpc/events.ts'
import { serve } from '../rpc/server.ts'
import type { WorkerBoot, WorkerModule } from '../rpc/worker-module.ts'
import { systemClock } from '../shared/clock.ts'
import { withDeadline } from '../shared/lifecycle.ts'
import { flushLogs } from '../shared/log-sink.ts'
import { createLogger, type Logger } from '../shared/logger.ts'
import { type NetworkNode, startNetworkNode } from './network-node.ts'

/** What a stop after an uncaught error may take: peers get their goodbye, the supervisor is not kept waiting. */
const FATAL_STOP_DEADLINE_MS = 3_000

/** A stop that takes its time is told from a hang by these: the supervisor waits eight of them for the next one. */
const STOP_SIGN_PERIOD_MS = 250

/** Records wait a tenth of a second for company; 4,096 of them, a few MB, outlast any pause of the main thread. */
const BATCHING = {
  flushPeriodMs: 100,
  maxBatch: 256,
  maxBuffered: 4_096,
  kept: ['scoreBan', 'scoreBanLifted', 'firstBlock', 'peerDiscovered', 'recordKept', 'recordForgotten'],
  urgent: ['listening', 'stopping', 'fatal'],
} as const

let log: Logger | undefined
let emitter: Emitter<Events> | undefined
let node: Promise<NetworkNode> | undefined
let dying = false

async function stop(): Promise<void> {
  const toldAtMs = systemClock.monotonicMs()
  const giveSign = (): void => emitter?.emit('stopping', { forMs: systemClock.monotonicMs() - toldAtMs })
  giveSign()
  using _signs = systemClock.every(STOP_SIGN_PERIOD_MS, giveSign)
  await (await node?.catch(() => undefined))?.stop() // a start that failed has left nothing to stop
  emitter?.close()
  flushLogs() // the thread is terminated from outside now
}

async function die(cause: unknown): Promise<void> {
  const error = cause instanceof Error ? cause : new Error(String(cause))
  log?.error({ err: error }, dying ? 'uncaught error during the stop' : 'uncaught error: stopping the network')
  if (dying) return
  dying = true
  emitter?.emit('fatal', { message: error.message, stack: error.stack ?? '' })
  await withDeadline(stop(), FATAL_STOP_DEADLINE_MS, 'stop').catch((err: unknown) => log?.error({ err }, 'stop failed'))
  process.exit(1)
}

// The library has listeners of its own for these, which keep a broken worker alive in silence.
process.on('uncaughtException', (cause) => void die(cause))
process.on('unhandledRejection', (cause) => void die(cause))

async function start({ config, restored, control, events }: WorkerBoot<RelayConfig>): Promise<void> {
  const threadLog = createLogger({ level: config.logLevel, format: config.logFormat, file: config.logFile }, 'network')
  log = threadLog
  const out = createEmitter<Events>(events, BATCHING)
  emitter = out
  node = startNetworkNode({
    config,
    restored,
    clock: systemClock,
    log: threadLog,
    emit: (name, data) => out.emit(name, data),
  })
  const { control: handlers } = await node
  serve<Control>(control, handlers, (method, err) => threadLog.error({ err, method }, 'control call failed'))
}

expose<WorkerModule<WorkerBoot<RelayConfig>>>({ start, stop })
