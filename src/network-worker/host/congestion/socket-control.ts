/** What TCP controls a socket's congestion by (tcp(7), TCP_CONGESTION). The numbers are of Linux's headers, the same on x86 and ARM. */
import { findSocketOptions } from '../socket-options.ts'

/** IPPROTO_TCP and TCP_CONGESTION (linux/tcp.h). */
const LEVEL = 6
const OPTION = 13
/** TCP_CA_NAME_MAX of linux/tcp.h: what a name takes with its zero. */
const NAME_BYTES = 16

export interface SocketControl {
  /** Of a socket that is open. @returns false when the system does not know the algorithm, or does not let us have it */
  set(fd: number, algorithm: string): boolean
  /** Undefined of a file that is no TCP socket. */
  get(fd: number): string | undefined
}

/** Undefined where sockets have no options that we could set. */
export function findSocketControl(): SocketControl | undefined {
  const options = findSocketOptions()
  if (options === undefined) return undefined
  return {
    set: (fd, algorithm) => options.set(fd, LEVEL, OPTION, Buffer.from(algorithm)),
    get: (fd) => {
      const name = options.get(fd, LEVEL, OPTION, NAME_BYTES)
      return name?.toString('latin1', 0, name.indexOf(0))
    },
  }
}
