/** The process's sockets for datagrams, which QUIC's library makes and tells nobody of. The numbers are of Linux's headers, the same on x86 and ARM. */
import { readdirSync } from 'node:fs'
import type { SocketOptions } from '../socket-options.ts'

/** SOL_SOCKET and its options (asm-generic/socket.h). */
export const SOCKET_LEVEL = 1
const TYPE = 3
const DOMAIN = 39
const MEMORY = 55
/** SOCK_DGRAM; AF_INET and AF_INET6. */
const DATAGRAMS = 2
const INTERNET: readonly number[] = [2, 10]
const NUMBER_BYTES = 4
/** linux/sock_diag.h: nine numbers of SO_MEMINFO, the last one of datagrams for which there was no room. */
const MEMORY_BYTES = 36
const DROPS_AT = 32

/** A number that the system has of a socket; undefined of what is no socket. */
export function socketNumber(fd: number, option: number, options: SocketOptions): number | undefined {
  return options.get(fd, SOCKET_LEVEL, option, NUMBER_BYTES)?.readInt32LE()
}

/** The descriptors of all that are for the internet; none where a process does not see its own. */
export function datagramSockets(options: SocketOptions): readonly number[] {
  return openFiles().filter((fd) => {
    const domain = socketNumber(fd, DOMAIN, options)
    return domain !== undefined && INTERNET.includes(domain) && socketNumber(fd, TYPE, options) === DATAGRAMS
  })
}

/** Datagrams that came for it and found no room. */
export function droppedDatagrams(fd: number, options: SocketOptions): number {
  return options.get(fd, SOCKET_LEVEL, MEMORY, MEMORY_BYTES)?.readUInt32LE(DROPS_AT) ?? 0
}

function openFiles(): readonly number[] {
  try {
    return readdirSync('/proc/self/fd').map(Number)
  } catch {
    return []
  }
}
