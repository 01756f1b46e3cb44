/**
 * Lines of a log on their way to a pipe, a terminal or a file, for whom the relay never waits and of whom it never dies. In: lines. Out:
 * writes, each made at once when it does not have to wait. Else lines wait in order, within a bound; what finds no room, and what
 * cannot be written at all, is dropped and counted.
 */
import { writeSync } from 'node:fs'
import type { Clock } from './clock.ts'
import type { LogOutput } from './log-output.ts'

export interface LogSinkOptions {
  readonly clock: Clock
  /** Called with how many lines were lost when lines get through again. May write a line that says so. */
  readonly onLost: (lines: number) => void
}

/**
 * Bytes that may wait. A pipe holds 64 kB besides, and a line has 150 bytes or so: together minutes of `info`, and a second of `trace`,
 * which a reader that restarts or has no processor may take. More would be memory for a reader that has gone.
 */
const MAX_WAITING_BYTES = 256 * 1024

/** A socket takes seventy lines or so at a time: those that wait are out within a second or two of when it is read again. */
const RETRY_PERIOD_MS = 20

/** A reader that lives gets the last lines: it has this long for each next bit, and this long for all. Others are not waited for. */
const LAST_PAUSE_MS = 5
const LAST_TRIES_FOR_MORE = 50
const LAST_TRIES = 200

function wouldWait(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'EAGAIN'
}

/** Sinks of this thread in which lines wait. */
const waitingSinks = new Set<LogSink>()
let flushesAtExit = false

function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}

/**
 * Gives the lines that wait in this thread to whoever still reads them; for the end of a thread that others terminate. At the
 * end of a process, or of a thread that ends itself, it is called already. Takes 250 ms when nobody reads, at most 1 s.
 */
export function flushLogs(): void {
  for (const sink of waitingSinks) sink.flush()
}

/** For one output of one thread. Lines of up to 4,096 bytes stay whole on a pipe that several threads write to. */
export class LogSink {
  readonly #output: LogOutput
  readonly #options: LogSinkOptions
  #waiting: Buffer[] = []
  #waitingBytes = 0
  #retries: Disposable | undefined
  #lost = 0
  /** What was written last was not the end of a line. */
  #midLine = false

  constructor(output: LogOutput, options: LogSinkOptions) {
    this.#output = output
    this.#options = options
  }

  /** Takes a line, with its line feed. Returns at once and never throws. */
  write(line: string): void {
    if (!this.#drain()) {
      this.#keep(Buffer.from(line))
      return
    }
    // Half of a line can be out whose other half was lost.
    const left = this.#put(Buffer.from(this.#midLine ? `\n${line}` : line))
    if (left === undefined) this.#lost++
    else if (left.length > 0) this.#keep(left)
    else this.#tellLost()
  }

  /** Tries what waits until it is out, or its reader takes no more. Blocks meanwhile, as long as `flushLogs` says. */
  flush(): void {
    let triesForMore = LAST_TRIES_FOR_MORE
    for (let tries = LAST_TRIES; tries > 0 && triesForMore > 0; tries--) {
      const beforeBytes = this.#waitingBytes
      if (this.#drain()) return
      triesForMore = this.#waitingBytes < beforeBytes ? LAST_TRIES_FOR_MORE : triesForMore - 1
      pause(LAST_PAUSE_MS)
    }
  }

  /** Writes what waits, as far as that goes. @returns whether nothing waits now */
  #drain(): boolean {
    if (this.#waiting.length === 0) return true
    if (this.#writeWaiting()) {
      if (this.#waiting.length > 0) return false
      this.#endWaiting()
      this.#tellLost()
    } else {
      this.#lost += this.#waiting.length
      this.#waiting = []
      this.#waitingBytes = 0
      this.#endWaiting()
    }
    return this.#waiting.length === 0 // the line about lost ones may wait again
  }

  /** @returns false when the output is broken */
  #writeWaiting(): boolean {
    let done = 0
    for (const line of this.#waiting) {
      const left = this.#put(line)
      if (left === undefined) return false
      this.#waitingBytes -= line.length - left.length
      if (left.length > 0) {
        this.#waiting[done] = left
        break
      }
      done++
    }
    this.#waiting.splice(0, done)
    return true
  }

  /** @returns what is left to be written when a write would wait; undefined when they cannot be written at all */
  #put(bytes: Buffer): Buffer | undefined {
    const { fd, maxWriteBytes } = this.#output
    let left = bytes
    try {
      while (left.length > 0 && this.#output.ready()) {
        left = left.subarray(writeSync(fd, left, 0, Math.min(left.length, maxWriteBytes)))
        this.#midLine = left.length > 0
      }
      return left
    } catch (cause) {
      return wouldWait(cause) ? left : undefined
    }
  }

  #keep(bytes: Buffer): void {
    if (this.#waitingBytes + bytes.length > MAX_WAITING_BYTES) {
      this.#lost++
      return
    }
    if (this.#waiting.length === 0) this.#beginWaiting()
    this.#waiting.push(bytes)
    this.#waitingBytes += bytes.length
  }

  #beginWaiting(): void {
    this.#retries = this.#options.clock.every(RETRY_PERIOD_MS, () => this.#drain())
    waitingSinks.add(this)
    if (!flushesAtExit) process.on('exit', flushLogs)
    flushesAtExit = true
  }

  #endWaiting(): void {
    this.#retries?.[Symbol.dispose]()
    waitingSinks.delete(this)
  }

  #tellLost(): void {
    const lost = this.#lost
    if (lost === 0) return
    this.#lost = 0
    this.#options.onLost(lost)
    if (this.#lost > 0) this.#lost += lost - 1 // what was lost now is the line about them
  }
}
