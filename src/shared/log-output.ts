/**
 * Descriptors for lines that nobody may wait for: a pipe, a terminal or a socket whose reader does not read keeps a write(2)
 * for ever. What can be opened by its name is opened so that it answers EAGAIN instead (open(2), O_NONBLOCK); that cannot be
 * set for the descriptor that we were given, since it would be set for all who share it. What has no name, a socket, is
 * asked before each write (poll(2)).
 */
import { constants, fstatSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { isatty } from 'node:tty'
import { runtimeLibrary } from './runtime-library.ts'

export interface LogOutput {
  readonly fd: number
  /**
   * The most that one write may carry. A pipe or a socket that takes some bytes has room for one page (PIPE_BUF) at least,
   * and waits with what is more.
   */
  readonly maxWriteBytes: number
  /** False when a write now would wait. True also where nobody can tell. */
  ready(): boolean
}

/** Asks whether a write to a descriptor would return at once. */
type Poll = (fd: number) => boolean

const PIPE_BUF = 4_096

/** poll(2) of Linux and of the BSDs: `struct pollfd { int fd; short events; short revents; }`. */
const POLLFD_BYTES = 8
const POLLOUT = 4

function findPoll(): Poll | undefined {
  try {
    const poll: (fds: Uint8Array, count: number, timeoutMs: number) => number = runtimeLibrary().func(
      'int poll(void *fds, unsigned long count, int timeout)',
    )
    const asked = Buffer.alloc(POLLFD_BYTES)
    const question = new DataView(asked.buffer, asked.byteOffset, POLLFD_BYTES)
    const littleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1
    return (fd) => {
      question.setInt32(0, fd, littleEndian)
      question.setInt16(4, POLLOUT, littleEndian)
      return poll(asked, 1, 0) === 1 // also of one that is broken: its write says so at once
    }
  } catch {
    return undefined
  }
}

let poll: Poll | undefined
let pollSought = false

/** The library takes some ms to load: not before the first line that needs it. */
function polled(fd: number): boolean {
  if (!pollSought) {
    pollSought = true
    poll = findPoll()
  }
  return poll?.(fd) ?? true
}

/** One that answers at once by itself: a file, or what was opened with O_NONBLOCK. */
function atOnce(fd: number): LogOutput {
  return { fd, maxWriteBytes: Number.POSITIVE_INFINITY, ready: () => true }
}

/** The same pipe or terminal once more, by a descriptor of our own. Undefined where the system does not let us. */
function reopened(fd: number): number | undefined {
  if (process.platform !== 'linux') return undefined // elsewhere such a name makes a copy, which shares its flags
  try {
    return openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY)
  } catch {
    return undefined // another user's, a socket, or nobody reads it any more
  }
}

/** True for what may keep a write waiting; false for files and for what is not open. */
function mayWait(fd: number): boolean {
  try {
    const stats = fstatSync(fd)
    return stats.isFIFO() || stats.isSocket() || isatty(fd)
  } catch {
    return false
  }
}

/** A descriptor that is open already, standard output say, for writing without waiting. Never throws. */
export function logOutput(fd: number): LogOutput {
  if (!mayWait(fd)) return atOnce(fd)
  const own = reopened(fd)
  return own === undefined ? { fd, maxWriteBytes: PIPE_BUF, ready: () => polled(fd) } : atOnce(own)
}

/**
 * Opens a file to append to it; its directory is made. It may be a pipe with a name, or a device.
 * @throws Error when it cannot be opened
 */
export function openLogFile(path: string): LogOutput {
  mkdirSync(dirname(path), { recursive: true })
  const { O_WRONLY, O_APPEND, O_CREAT, O_NONBLOCK, O_NOCTTY } = constants
  return atOnce(openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK | O_NOCTTY))
}
