/**
 * discv5's sockets: bytes in, packets out to the library, and back. In the library's own place because that one cannot
 * have IPv4 and IPv6 on one port, waits for ever when a port is taken, dies of a send error, and never limits anybody
 * that its session service takes for a friend.
 */
import type { RemoteInfo } from 'node:dgram'
import { EventEmitter } from 'node:events'
import { isIPv6 } from 'node:net'
import type { IPMode, ITransportService } from '@chainsafe/discv5'
import {
  decodePacket,
  encodePacket,
  type IPacket,
  MAX_PACKET_SIZE,
  MIN_PACKET_SIZE,
  PacketType,
} from '@chainsafe/discv5/packet'
import type { BaseENR } from '@chainsafe/enr'
import { type Multiaddr, multiaddr } from 'multiaddr12'
import type { UdpBind } from '../rpc/discovery-contract.ts'
import type { Clock } from '../shared/clock.ts'
import { RelayError } from '../shared/errors.ts'
import type { Logger } from '../shared/logger.ts'
import type { TransportEventMap } from './discv5-events.ts'
import { PacketQuota, type QuotaRefusal } from './packet-quota.ts'
import { type BoundSocket, openUdpSocket } from './udp-socket.ts'

/** At most one line a minute tells of packets that discv5 failed on. */
const FAILURE_LOG_PERIOD_MS = 60_000

export type PacketDrop =
  | QuotaRefusal
  | 'undersized'
  | 'oversized'
  | 'bad_source'
  | 'undecodable'
  | 'failed'
  | 'unsendable'

/** Totals since start. */
export interface PacketCounts {
  packetsIn: number
  packetsOut: number
  bytesIn: number
  bytesOut: number
  readonly dropped: Record<PacketDrop, number>
}

export interface UdpTransportOptions {
  /** At most one for each address family, at least one; port 0 asks the system for a free one. */
  readonly binds: readonly UdpBind[]
  /** Ours, 64 hex digits. */
  readonly nodeId: string
  readonly clock: Clock
  readonly log: Logger
}

export class UdpTransport extends EventEmitter<TransportEventMap> implements ITransportService {
  readonly ipMode: IPMode
  /** As multiaddrs; with the ports that the system gave once it started. */
  bindAddrs: Multiaddr[]
  readonly counts: PacketCounts = {
    packetsIn: 0,
    packetsOut: 0,
    bytesIn: 0,
    bytesOut: 0,
    dropped: {
      address_quota: 0,
      total_quota: 0,
      undersized: 0,
      oversized: 0,
      bad_source: 0,
      undecodable: 0,
      failed: 0,
      unsendable: 0,
    },
  }
  readonly #options: UdpTransportOptions
  readonly #quota: PacketQuota
  #bound: readonly BoundSocket[] = []
  /** Whose packet is being worked on now: what goes back to it meanwhile is an answer, and wants none. */
  #answering: string | undefined
  /** discv5 said that what it sends there next wants an answer. */
  #announced: string | undefined
  #failureLoggedAtMs = Number.NEGATIVE_INFINITY

  /** @throws RelayError CONFIG_INVALID unless there is one bind, or one for each family */
  constructor(options: UdpTransportOptions) {
    super()
    this.#options = options
    this.#quota = new PacketQuota(options.clock)
    this.ipMode = ipModeOf(options.binds)
    this.bindAddrs = options.binds.map(multiaddrOf)
  }

  /** Where the sockets are. */
  get binds(): readonly UdpBind[] {
    return this.#bound.map(({ bind }) => bind)
  }

  /** @throws RelayError LISTEN_FAILED; no socket is left then */
  async start(): Promise<void> {
    const opened: BoundSocket[] = []
    try {
      for (const bind of this.#options.binds) opened.push(await openUdpSocket(bind))
    } catch (cause) {
      for (const { socket } of opened) socket.close()
      throw cause
    }
    this.#bound = opened
    this.bindAddrs = this.binds.map(multiaddrOf)
    for (const { socket } of opened) {
      socket.on('message', (data, from) => this.#receive(data, from))
      socket.on('error', (err) => this.#options.log.warn({ err }, 'discovery socket failed'))
    }
  }

  /** Idempotent. */
  async stop(): Promise<void> {
    const closing = this.#bound
    this.#bound = []
    await Promise.all(closing.map(({ socket }) => new Promise<void>((resolve) => socket.close(() => resolve()))))
  }

  /** Never rejects: what cannot be sent is lost as any packet may be, and counted. */
  async send(to: Multiaddr, toId: string, packet: IPacket): Promise<void> {
    const { host, port } = to.toOptions()
    const socket = this.#bound.find(({ bind }) => isIPv6(bind.address) === isIPv6(host))?.socket
    const bytes = encodePacket(toId, packet)
    if (socket === undefined || port === 0 || bytes.length > MAX_PACKET_SIZE) {
      this.#drop('unsendable')
      return
    }
    this.#expectAnswer(host, port, packet)
    this.counts.packetsOut++
    this.counts.bytesOut += bytes.length
    socket.send(bytes, port, host, (err) => {
      if (err !== null) this.#drop('unsendable')
    })
  }

  /**
   * Both of these announce that what is sent next wants an answer: the session service of discv5 11.0.0 calls the one
   * where the other is meant (lib/session/service.js, `addExpectedResponse`). How much is expected, and for how long,
   * is counted here, by what is really sent.
   */
  addExpectedResponse(ip: string): void {
    this.#announced = ip
  }

  removeExpectedResponse(ip: string): void {
    this.#announced = ip
  }

  /** Part of the library's interface; nothing in it asks. */
  getContactableAddr(_record: BaseENR): undefined {
    return undefined
  }

  /** An answer of ours, or a WHOAREYOU, buys nothing: or whoever sends much might send more. */
  #expectAnswer(host: string, port: number, { header }: IPacket): void {
    const isAnnounced = this.#announced === host
    this.#announced = undefined
    if (header.flag === PacketType.WhoAreYou) return
    const isAnswer = header.flag === PacketType.Message && !isAnnounced && this.#answering === `${host} ${port}`
    if (!isAnswer) this.#quota.expect(host, port)
  }

  #receive(data: Buffer, from: RemoteInfo): void {
    this.counts.packetsIn++
    this.counts.bytesIn += data.length
    const refusal = this.#refusal(data, from)
    const packet = refusal === undefined ? this.#decode(data) : undefined
    if (packet === undefined) {
      this.#drop(refusal ?? 'undecodable')
      return
    }
    this.#answering = `${from.address} ${from.port}`
    try {
      this.emit('packet', multiaddrOf(from), packet)
    } catch (err) {
      this.#fail(err)
    } finally {
      this.#answering = undefined
    }
  }

  #refusal({ length }: Buffer, from: RemoteInfo): PacketDrop | undefined {
    if (length > MAX_PACKET_SIZE) return 'oversized'
    if (length < MIN_PACKET_SIZE) return 'undersized'
    // A link-local address has a scope, which no multiaddr of a record can say.
    if (from.port === 0 || from.address.includes('%')) return 'bad_source'
    return this.#quota.take(from.address, from.port)
  }

  #decode(data: Buffer): IPacket | undefined {
    try {
      // A copy: the library keeps parts of a packet, and the socket's buffers are larger than one.
      return decodePacket(this.#options.nodeId, new Uint8Array(data))
    } catch {
      return undefined
    }
  }

  #drop(reason: PacketDrop): void {
    this.counts.dropped[reason]++
  }

  /** The library failed on a packet: whoever sent it must not end the thread with it. */
  #fail(err: unknown): void {
    this.#drop('failed')
    const nowMs = this.#options.clock.monotonicMs()
    if (nowMs - this.#failureLoggedAtMs < FAILURE_LOG_PERIOD_MS) return
    this.#failureLoggedAtMs = nowMs
    this.#options.log.warn({ err, packets: this.counts.dropped.failed }, 'discv5 failed on a packet')
  }
}

/** @throws RelayError CONFIG_INVALID unless there is one bind, or one for each family */
function ipModeOf(binds: readonly UdpBind[]): IPMode {
  const ip6 = binds.filter(({ address }) => isIPv6(address)).length
  const ip4 = binds.length - ip6
  if (ip4 === 1 && ip6 === 1) return { ip4: true, ip6: true }
  if (ip4 === 1 && ip6 === 0) return { ip4: true, ip6: false }
  if (ip4 === 0 && ip6 === 1) return { ip4: false, ip6: true }
  throw new RelayError('CONFIG_INVALID', 'discovery needs one UDP address, or one for each of IPv4 and IPv6')
}

function multiaddrOf({ address, port }: UdpBind): Multiaddr {
  return multiaddr(`/${isIPv6(address) ? 'ip6' : 'ip4'}/${address}/udp/${port}`)
}
