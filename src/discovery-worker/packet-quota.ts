import { BlockList, isIPv6 } from 'node:net'
import type { Clock } from '../shared/clock.ts'

/**
 * Packets that nobody asked for, from one address. A node that begins with us sends two (a random one, the handshake)
 * and then one request for each of its lookups that comes by; Lighthouse allows 9 a second (reference/scoring.md §6).
 * The burst is ten new nodes behind one address.
 */
const ADDRESS_QUOTA = { packetsPerSecond: 10, burst: 20 }
/**
 * The same from all of them. A handshake costs some 4 ms of arithmetic, so this rate keeps strangers below a quarter of
 * the thread. The burst is a devnet of a hundred nodes that all begin with us at once.
 */
const TOTAL_QUOTA = { packetsPerSecond: 50, burst: 200 }
/** What a request of ours may be answered with: a WHOAREYOU, or the most packets a NODES reply comes in, and one over. */
export const PACKETS_PER_REQUEST = 6
/** An answer later than this answers nothing: five times the time-out of a request. */
const EXPECTED_MS = 10_000
/**
 * Packets let in as answers from one address in that time: several nodes behind it, each in several lookups. A node can
 * make us ask it (a PING that announces a newer record does), so that what we ask is no measure of what we want.
 */
const MAX_EXPECTED_PACKETS = 16 * PACKETS_PER_REQUEST
/** Addresses kept track of, some 100 bytes each. Forged ones can wash out honest ones; the total quota holds all the same. */
const MAX_ADDRESSES = 4096

/** Why a packet is not let in. */
export type QuotaRefusal = 'address_quota' | 'total_quota'

interface Quota {
  readonly packetsPerSecond: number
  readonly burst: number
}

interface Expected {
  /** Answers that may still come. */
  packets: number
  /** Answers that the period has been good for. */
  granted: number
  readonly periodEndMs: number
  untilMs: number
}

const LOOPBACK = new BlockList()
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4')
LOOPBACK.addAddress('::1', 'ipv6')

/**
 * Who may send how much. Answers to what we sent are let in beside the quotas, as many as we asked for and no more: a
 * flood that strangers send never shuts out a lookup of ours.
 */
export class PacketQuota {
  readonly #clock: Clock
  /** When the packets let in so far would be spent at the quota's rate (the cell-rate algorithm), ms. */
  readonly #spentAtMs = new Map<string, number>()
  readonly #expected = new Map<string, Expected>()
  #totalSpentAtMs = Number.NEGATIVE_INFINITY

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Entries kept, for tests of the bound. */
  get size(): number {
    return Math.max(this.#spentAtMs.size, this.#expected.size)
  }

  /** We sent a request to this socket. */
  expect(ip: string, port: number): void {
    const key = keyOf(ip, port)
    const nowMs = this.#clock.monotonicMs()
    const last = this.#expected.get(key)
    const isOver = last === undefined || last.periodEndMs <= nowMs
    const granted = isOver ? 0 : last.granted
    const more = Math.min(PACKETS_PER_REQUEST, MAX_EXPECTED_PACKETS - granted)
    putNewest(this.#expected, key, {
      packets: Math.min(packetsLeft(last, nowMs) + more, MAX_EXPECTED_PACKETS),
      granted: granted + more,
      periodEndMs: isOver ? nowMs + EXPECTED_MS : last.periodEndMs,
      untilMs: nowMs + EXPECTED_MS,
    })
  }

  /** Counts a packet from this socket. @returns why it must be dropped, undefined when it may come in */
  take(ip: string, port: number): QuotaRefusal | undefined {
    const key = keyOf(ip, port)
    const nowMs = this.#clock.monotonicMs()
    if (this.#takeExpected(key, nowMs)) return undefined
    const ofAddress = afterOneMore(this.#spentAtMs.get(key), ADDRESS_QUOTA, nowMs)
    if (ofAddress === undefined) return 'address_quota'
    putNewest(this.#spentAtMs, key, ofAddress)
    const ofAll = afterOneMore(this.#totalSpentAtMs, TOTAL_QUOTA, nowMs)
    if (ofAll === undefined) return 'total_quota'
    this.#totalSpentAtMs = ofAll
    return undefined
  }

  #takeExpected(key: string, nowMs: number): boolean {
    const expected = this.#expected.get(key)
    if (expected === undefined || packetsLeft(expected, nowMs) === 0) return false
    expected.packets--
    return true
  }
}

function packetsLeft(expected: Expected | undefined, nowMs: number): number {
  return expected === undefined || expected.untilMs < nowMs ? 0 : expected.packets
}

/** When the quota is spent with one packet more; undefined when that is too far ahead. */
function afterOneMore(spentAtMs: number | undefined, quota: Quota, nowMs: number): number | undefined {
  const periodMs = 1000 / quota.packetsPerSecond
  const next = Math.max(spentAtMs ?? nowMs, nowMs) + periodMs
  return next - nowMs > quota.burst * periodMs ? undefined : next
}

function putNewest<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key)
  map.set(key, value)
  if (map.size <= MAX_ADDRESSES) return
  const oldest = map.keys().next()
  if (!oldest.done) map.delete(oldest.value)
}

/**
 * Who shares a quota: an IPv4 address; a /64 of IPv6, which one host has to itself; on this machine a socket, so that
 * many nodes of a test or a devnet run side by side.
 */
function keyOf(ip: string, port: number): string {
  if (LOOPBACK.check(ip, isIPv6(ip) ? 'ipv6' : 'ipv4')) return `${ip} ${port}`
  return isIPv6(ip) ? prefix64(ip) : ip
}

/** The first four groups, written out. */
function prefix64(ip: string): string {
  const [head = '', tail] = ip.split('::')
  const before = head === '' ? [] : head.split(':')
  if (tail === undefined) return before.slice(0, 4).join(':')
  const after = tail === '' ? [] : tail.split(':')
  const zeros = new Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0')
  return [...before, ...zeros, ...after].slice(0, 4).join(':')
}
