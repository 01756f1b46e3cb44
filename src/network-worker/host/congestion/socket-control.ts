/**
 * What TCP controls a socket's congestion by, which Node has no call for: the C library's (tcp(7), TCP_CONGESTION). Linux only; the
 * numbers are of its headers, the same on x86 and ARM.
 */
import { runtimeLibrary } from '../runtime-library.ts'

/** IPPROTO_TCP and TCP_CONGESTION (linux/tcp.h). */
const LEVEL = 6
const OPTION = 13
/** TCP_CA_NAME_MAX of linux/tcp.h: what a name takes with its zero. */
const NAME_BYTES = 16

type SocketOption = (
  fd: number,
  level: number,
  option: number,
  value: Uint8Array,
  length: number | Uint32Array,
) => number

export interface SocketControl {
  /** Of a socket that is open. @returns false when the system does not know the algorithm, or does not let us have it */
  set(fd: number, algorithm: string): boolean
  /** Undefined of a file that is no TCP socket. */
  get(fd: number): string | undefined
}

/** Undefined on other systems, and where koffi has no build for this machine. */
export function findSocketControl(): SocketControl | undefined {
  if (process.platform !== 'linux') return undefined
  try {
    const library = runtimeLibrary()
    const set: SocketOption = library.func(
      'int setsockopt(int fd, int level, int option, void *value, uint32_t length)',
    )
    const get: SocketOption = library.func('int getsockopt(int fd, int level, int option, void *value, void *length)')
    return {
      set: (fd, algorithm) => {
        const name = Buffer.from(algorithm)
        return set(fd, LEVEL, OPTION, name, name.length) === 0
      },
      get: (fd) => {
        const name = Buffer.alloc(NAME_BYTES)
        if (get(fd, LEVEL, OPTION, name, Uint32Array.of(NAME_BYTES)) !== 0) return undefined
        return name.toString('latin1', 0, name.indexOf(0))
      },
    }
  } catch {
    return undefined
  }
}
