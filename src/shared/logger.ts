/**
 * The log of one thread. Each thread has its own logger that writes to file descriptor 1 itself and synchronously: a
 * worker's `process.stdout` goes through the main thread and is lost when that is busy or ends, and a fatal line must
 * be out before the process is.
 */
import { isatty } from 'node:tty'
import pino from 'pino'
import { type PrettyOptions, prettyFactory } from 'pino-pretty'

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

function terminal(format: LoggerOptions['format']): pino.DestinationStream {
  const out = pino.destination({ fd: STDOUT_FD, sync: true })
  if (format === 'json') return out
  const pretty = prettyLine(isatty(STDOUT_FD) && process.env['NO_COLOR'] === undefined)
  return { write: (line) => out.write(pretty(line)) }
}

/**
 * A logger whose every line carries `thread`. Times are ISO 8601 in UTC, levels are names.
 * @throws Error when the file cannot be opened
 */
export function createLogger(options: LoggerOptions, thread: string): Logger {
  const streams: pino.StreamEntry[] = [{ level: 'trace', stream: terminal(options.format) }]
  if (options.file !== undefined) {
    const stream = pino.destination({ dest: options.file, append: true, mkdir: true, sync: true })
    streams.push({ level: 'trace', stream })
  }
  return pino(
    {
      level: options.level,
      base: { thread },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    pino.multistream(streams),
  )
}
