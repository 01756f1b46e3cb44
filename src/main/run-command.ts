import { createLogger, type Logger } from '../shared/logger.ts'
import { endProcess } from './end-process.ts'
import { EXIT, type ExitCode } from './exit-code.ts'
import { hostAdvice, logHostAdvice } from './host-advice.ts'
import { lineAdvice, logLineAdvice } from './line-advice.ts'
import { readConfig } from './read-config.ts'
import { type Relay, type RelayOptions, startRelay } from './relay.ts'
import { onStopSignals } from './signals.ts'
import { yieldToNetwork } from './thread-priority.ts'

/** Why the process ends: the first cause decides, later ones are its consequences. */
class Ending {
  readonly #log: Logger
  readonly #first = Promise.withResolvers<ExitCode>()
  readonly #abort = new AbortController()

  constructor(log: Logger) {
    this.#log = log
  }

  /** Aborted by the first cause, with it as the reason. */
  get signal(): AbortSignal {
    return this.#abort.signal
  }

  /** Resolves with the exit code of the first cause. */
  get code(): Promise<ExitCode> {
    return this.#first.promise
  }

  asked(signal: string): void {
    if (this.signal.aborted) return
    this.#log.info({ signal }, 'stopping')
    this.#end(EXIT.clean, signal)
  }

  failed(fields: object, message: string): void {
    if (this.signal.aborted) return
    this.#log.fatal(fields, message)
    this.#end(EXIT.failure, message)
  }

  #end(code: ExitCode, reason: string): void {
    this.#first.resolve(code)
    this.#abort.abort(new Error(reason))
  }
}

function notStopped(log: Logger, err: unknown): ExitCode {
  log.error({ err }, 'the relay did not stop in order')
  return EXIT.failure
}

/**
 * `starling run`: runs a relay until a signal or a failure ends it, and answers the exit code. Writes one `fatal` line
 * when it failed. The caller ends the process: nothing that matters is open then.
 */
export async function runRelay(
  argv: readonly string[],
  options: Pick<RelayOptions, 'workerUrl'> = {},
): Promise<ExitCode> {
  const config = readConfig(argv)
  if (config === undefined) return EXIT.badConfig
  const log = createLogger({ level: config.logLevel, format: config.logFormat, file: config.logFile }, 'main')
  const ending = new Ending(log)
  using _signals = onStopSignals({
    first: (signal) => ending.asked(signal),
    again: () => void endProcess(EXIT.failure),
  })
  // Unhandled rejections come here too. Ending at once would take QUIC down while it is live.
  process.on('uncaughtException', (err) => ending.failed({ err }, 'uncaught error in the main thread'))

  let relay: Relay
  try {
    relay = await startRelay(config, { ...options, log, signal: ending.signal })
  } catch (err) {
    if (!ending.signal.aborted) ending.failed({ err }, 'the relay could not start')
    else if (err instanceof AggregateError) return notStopped(log, err)
    return await ending.code
  }
  yieldToNetwork(log)
  logHostAdvice(log, hostAdvice(config))
  logLineAdvice(log, lineAdvice(config))
  void relay.failed.then(({ message }) => ending.failed({ reason: message }, 'the network worker died'))
  const code = await ending.code
  try {
    await relay.stop()
  } catch (err) {
    return notStopped(log, err)
  }
  log.info({ code }, 'stopped')
  return code
}
