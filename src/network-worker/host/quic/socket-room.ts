import type { Logger } from '../../../shared/logger.ts'
import { readSysctl } from '../../../shared/system-file.ts'
import type { SocketOptions } from '../socket-options.ts'
import { datagramSockets, droppedDatagrams, SOCKET_LEVEL, socketNumber } from './datagram-sockets.ts'

/**
 * What is asked for, each way. A datagram of a block takes twice its length in it, so the system gives twice as much as one asks
 * for (socket(7)): this is room for thirty blocks of 120 kB. Unasked it gives 208 kB in all, which is less than one.
 */
export const ROOM_BYTES = 4 * 1024 * 1024
const GIVEN_BYTES = 2 * ROOM_BYTES

interface Direction {
  /** SO_RCVBUF or SO_SNDBUF (asm-generic/socket.h). */
  readonly option: number
  /** The same with FORCE, past what the system lets every program have: for one that may change that too (CAP_NET_ADMIN). */
  readonly forced: number
  /** What it lets every program have. */
  readonly sysctl: string
}

const DIRECTIONS: readonly Direction[] = [
  { option: 8, forced: 33, sysctl: 'net.core.rmem_max' },
  { option: 7, forced: 32, sysctl: 'net.core.wmem_max' },
]

/**
 * Room for QUIC's packets. All peers that dial share a socket, which the library leaves as the system makes it, and all that are dialled one of
 * their family, for which it asks for half a MB: of what comes at once while their reader waits for a processor, much is lost, and comes again late.
 */
export class SocketRoom {
  readonly #options: SocketOptions | undefined
  readonly #log: Logger
  #sockets: readonly number[] = []

  /** @param options undefined where there are none, and everything stays as it is */
  constructor(options: SocketOptions | undefined, log: Logger) {
    this.#options = options
    this.#log = log
  }

  /** Once QUIC listens and before discovery does: takes all sockets for datagrams that the process has. */
  start(): void {
    const options = this.#options
    this.#sockets = options === undefined ? [] : datagramSockets(options)
    if (options === undefined || this.#sockets.length === 0) {
      this.#log.info('the system cannot be asked for room for the packets of QUIC: they have what it gives unasked')
      return
    }
    for (const direction of DIRECTIONS) {
      const rooms = this.#sockets.map((fd) => widen(fd, direction, options))
      if (rooms.some((bytes) => bytes < GIVEN_BYTES)) this.#sayNarrow(direction)
    }
  }

  stop(): void {
    this.#sockets = []
  }

  /** Datagrams that came and found no room. */
  get dropped(): number {
    const options = this.#options
    if (options === undefined) return 0
    return this.#sockets.reduce((sum, fd) => sum + droppedDatagrams(fd, options), 0)
  }

  /** As main/host-advice.ts has it of other settings; of this one only who has asked knows whether it is too small. */
  #sayNarrow({ sysctl }: Direction): void {
    const why = 'all peers on QUIC share one socket, and what it cannot hold is sent again, late (ADR 47)'
    const fields = { sysctl, value: readSysctl(sysctl), better: String(ROOM_BYTES), why }
    this.#log.info(fields, 'a setting of this host makes blocks late (docs/operators/fleet.md)')
  }
}

/** @returns bytes that the socket has now, of which it uses half for itself */
function widen(fd: number, { option, forced }: Direction, options: SocketOptions): number {
  const before = socketNumber(fd, option, options) ?? 0
  if (before >= GIVEN_BYTES) return before
  const wanted = Buffer.alloc(4)
  wanted.writeInt32LE(ROOM_BYTES)
  if (!options.set(fd, SOCKET_LEVEL, forced, wanted)) options.set(fd, SOCKET_LEVEL, option, wanted)
  return socketNumber(fd, option, options) ?? 0
}
