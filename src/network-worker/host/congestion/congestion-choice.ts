import { channel } from 'node:diagnostics_channel'
import { Server, Socket } from 'node:net'
import type { Logger } from '../../../shared/logger.ts'
import { readSysctl } from '../../../shared/system-file.ts'
import { findSocketControl, type SocketControl } from './socket-control.ts'

/** What the system uses for sockets of which nobody said anything else. */
const HOSTS_CHOICE = 'net.ipv4.tcp_congestion_control'
/** Those that send a block at once, the usual one first; every system lets a program have the second. */
const AT_ONCE = ['cubic', 'reno'] as const

/** Node's own words for sockets of this thread (nodejs.org, diagnostics_channel, "Net"): before they connect, and once they listen. */
const DIALLED = channel('net.client.socket')
const LISTENING = channel('tracing:net.server.listen:asyncEnd')

/**
 * The algorithms of which the relay's connections get the first that the system lets them have; none when they are to have the
 * host's. `auto` is for hosts with BBR, which knows little of a path over which little went, and spreads a block by that (ADR 46).
 */
export function wantedAlgorithms(
  setting: string,
  hosts: string | undefined = readSysctl(HOSTS_CHOICE),
): readonly string[] {
  if (setting === 'host') return []
  if (setting !== 'auto') return [setting]
  return hosts?.startsWith('bbr') === true ? AT_ONCE : []
}

/**
 * Gives all TCP sockets of this thread another congestion control than the host's: a listening one, whose connections inherit it, and
 * one that dials while its first packet is under way. Later would be too late: a connection that BBR has once begun to pace is paced by whatever follows.
 */
export class CongestionChoice {
  readonly #algorithms: readonly string[]
  readonly #log: Logger
  /** Looked for when there is something to choose. */
  #control: SocketControl | undefined
  /** Once is enough: what the system says of one socket it says of all. */
  #hasSaid = false

  /** @param algorithms in order of preference */
  constructor(algorithms: readonly string[], log: Logger) {
    this.#algorithms = algorithms
    this.#log = log
  }

  /** Before anything listens. */
  start(): void {
    if (this.#algorithms.length === 0) return
    this.#control = findSocketControl()
    DIALLED.subscribe(this.#onDialled)
    LISTENING.subscribe(this.#onListening)
  }

  stop(): void {
    DIALLED.unsubscribe(this.#onDialled)
    LISTENING.unsubscribe(this.#onListening)
  }

  readonly #onDialled = (message: unknown): void => {
    const socket = partOf(message, 'socket')
    if (!(socket instanceof Socket)) return
    // Said just before the system is asked to connect, which makes the socket.
    socket.once('connectionAttempt', () => process.nextTick(() => this.#choose(socket)))
  }

  readonly #onListening = (message: unknown): void => {
    const server = partOf(message, 'server')
    if (server instanceof Server) this.#choose(server)
  }

  #choose(owner: Socket | Server): void {
    const fd = descriptorOf(owner)
    if (fd === undefined) return
    const algorithm = this.#algorithms.find((name) => this.#control?.set(fd, name) === true)
    if (this.#hasSaid) return
    this.#hasSaid = true
    if (algorithm !== undefined) {
      this.#log.info({ algorithm }, 'our connections have another congestion control than the host')
      return
    }
    const fields = { wanted: this.#algorithms, canAsk: this.#control !== undefined }
    this.#log.warn(
      fields,
      'the system does not let us choose the congestion control of our connections: it stays as the host has it',
    )
  }
}

function partOf(message: unknown, name: string): unknown {
  return typeof message === 'object' && message !== null ? Reflect.get(message, name) : undefined
}

/** Undefined of a socket that is closed or no more than a plan, and where the runtime keeps its descriptor elsewhere. */
function descriptorOf(owner: Socket | Server): number | undefined {
  const handle: unknown = Reflect.get(owner, '_handle')
  const fd: unknown = typeof handle === 'object' && handle !== null ? Reflect.get(handle, 'fd') : undefined
  return typeof fd === 'number' && fd >= 0 ? fd : undefined
}
