/**
 * The log of one thread. Each thread has its own logger that writes to file descriptor 1 itself and synchronously: a
 * worker's `process.stdout` goes through the main thread and is lost when that is busy or ends, and a fatal line must
 * be out before the process is. A write that would wait is put off (log-sink.ts): no reader may hold a thread up.
 */
import { isatty } from 'node:tty'
import pino from 'pino'
import { type PrettyOptions, prettyFactory } from 'pino-pretty'
import { type Clock, systemClock } from './clock.ts'
import { type LogOutput, logOutput, openLogFile } from './log-output.ts'
import { LogSink } from './log-sink.ts'

export type Logger = pino.Logger
export type LogLevel = pino.LevelWithSilent

export interface LoggerOptions {
  readonly level: LogLevel
  /** What the terminal gets: text for people, or one JSON object a line. */
  readonly format: 'pretty' | 'json'
  /** A file that gets the same lines as JSON, appended. */
  readonly file?: string | undefined
}

const STDOUT_FD = 1

/** Members that the pretty line shows in a place of their own, or not at all. */
const NOT_FIELDS = new Set(['level', 'time', 'thread', 'msg', 'err'])

/** Control characters escaped: a peer chooses some of what we log, and must not get to write to the terminal. */
function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, (char) => `\\x${(char.codePointAt(0) ?? 0).toString(16).padStart(2, '0')}`)
}

function fieldText(value: unknown): string {
  return printable(typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value)))
}

/** The stack of an error as pino serialised it, each of its lines escaped. */
function stackText(err: unknown): string {
  if (typeof err !== 'object' || err === null || !('stack' in err)) return ''
  return String(err.stack)
    .split('\n')
    .map((line) => `\n${printable(line)}`)
    .join('')
}

/** `<thread>: <message> | key=value | …`, then an error's stack on lines of its own. */
function prettyMessage(line: Readonly<Record<string, unknown>>): string {
  const fields = Object.entries(line)
    .filter(([key]) => !NOT_FIELDS.has(key))
    .map(([key, value]) => ` | ${printable(key)}=${fieldText(value)}`)
  return `${line['thread']}: ${fieldText(line['msg'] ?? '')}${fields.join('')}${stackText(line['err'])}`
}

/** Turns one line of JSON into one line for people. */
function prettyLine(colorize: boolean): (line: string) => string {
  const options: PrettyOptions = {
    colorize,
    translateTime: 'UTC:yyyy-mm-dd HH:MM:ss.l',
    ignore: 'thread',
    hideObject: true,
    messageFormat: (line) => prettyMessage(line),
  }
  return prettyFactory(options)
}

function terminal(sink: LogSink, format: LoggerOptions['format']): pino.DestinationStream {
  if (format === 'json') return sink
  const pretty = prettyLine(isatty(STDOUT_FD) && process.env['NO_COLOR'] === undefined)
  return { write: (line) => sink.write(pretty(line)) }
}

/** Opened once: it takes a descriptor. */
let stdout: LogOutput | undefined

/**
 * A logger whose every line carries `thread`. Times are ISO 8601 in UTC, levels are names. It neither waits for who
 * reads its lines nor throws when they cannot be written: such lines are lost, and their number is logged.
 * @throws Error when the file cannot be opened
 */
export function createLogger(options: LoggerOptions, thread: string, clock: Clock = systemClock): Logger {
  const sink = (output: LogOutput, name: string): LogSink =>
    new LogSink(output, { clock, onLost: (lines) => log.warn({ output: name, lines }, 'log lines were lost') })
  stdout ??= logOutput(STDOUT_FD)
  const streams: pino.StreamEntry[] = [{ level: 'trace', stream: terminal(sink(stdout, 'stdout'), options.format) }]
  if (options.file !== undefined) {
    streams.push({ level: 'trace', stream: sink(openLogFile(options.file), options.file) })
  }
  const log = pino(
    {
      level: options.level,
      base: { thread },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    pino.multistream(streams),
  )
  return log
}
