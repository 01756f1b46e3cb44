/**
 * A link whose other end is a round trip away, on this machine and without the processes at its ends knowing: they have the
 * system's own TCP or UDP between them, with packets of 1,500 bytes, windows and acknowledgements (test/interop/go-peer/far_link.go).
 * Only inside a network namespace of its own.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { goPeerBinary } from '../../test/support/go-build.ts'
import { JsonLineProcess } from '../../test/support/json-line-process.ts'

const DEVICE = 'far0'
const NEAR = '10.9.0.1'
const FAR = '10.9.0.2'
const LISTENER = '127.0.0.1'
/** Both ends of the link. */
export const FAR_RANGE = '10.9.0.0/24'
/** Packets that may wait for the program: a block for each of eight, ten times. */
const QUEUE_PACKETS = 8_000
const SYSCTLS = '/proc/sys/net/ipv4'

export interface FarLinkOptions {
  readonly roundTripMs: number
  /** The system's TCP at both ends. */
  readonly congestionControl: string
  /** What the listeners' host sends through; no bound when undefined. */
  readonly uplink?: Uplink
}

/** A line that sends so much in a second, and has room for what waits so long at most: the rest is lost. */
export interface Uplink {
  readonly mbits: number
  readonly bufferMs: number
}

interface Counts {
  readonly dropped: number
  readonly lost: number
}

/** What the system lets TCP be controlled by in a namespace. */
export function congestionControls(): readonly string[] {
  return readFileSync(`${SYSCTLS}/tcp_allowed_congestion_control`, 'utf8').trim().split(/\s+/)
}

export class FarLink implements AsyncDisposable {
  readonly #process: JsonLineProcess<never>

  private constructor(process: JsonLineProcess<never>) {
    this.#process = process
  }

  /** @throws Error when the device cannot be had, or the system does not know the congestion control */
  static async open({ roundTripMs, congestionControl, uplink }: FarLinkOptions): Promise<FarLink> {
    const process = new JsonLineProcess<never>(await goPeerBinary())
    try {
      const { mbits: uplinkMbits = 0, bufferMs = 0 } = uplink ?? {}
      const ends = { device: DEVICE, near: NEAR, far: FAR, listener: LISTENER }
      await process.call('farLinkOpen', { ...ends, oneWayMs: roundTripMs / 2, uplinkMbits, bufferMs })
      ip('link', 'set', 'lo', 'up')
      ip('addr', 'add', `${NEAR}/24`, 'dev', DEVICE)
      ip('link', 'set', DEVICE, 'up', 'txqueuelen', String(QUEUE_PACKETS))
      // Who listens on loopback may be reached by the device, and answer through it.
      writeFileSync(`${SYSCTLS}/conf/${DEVICE}/route_localnet`, '1')
      writeFileSync(`${SYSCTLS}/tcp_congestion_control`, congestionControl)
      return new FarLink(process)
    } catch (error) {
      await process.stop()
      throw error
    }
  }

  /** Where somebody that listens on loopback is reached over the link. @param address multiaddr */
  farAddress(address: string): string {
    return address.replace(LISTENER, FAR)
  }

  /** @throws Error when packets were lost for want of room with us, which no figure should be made of */
  async requireNoLoss(): Promise<void> {
    const { dropped } = await this.#counts()
    if (dropped > 0) throw new Error(`the link itself lost ${dropped} packets`)
  }

  /** Packets for which the uplink had no room so far. */
  async lostAtUplink(): Promise<number> {
    return (await this.#counts()).lost
  }

  async #counts(): Promise<Counts> {
    return await this.#process.call<Counts>('farLinkCounts')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process.stop()
  }
}

function ip(...args: readonly string[]): void {
  execFileSync('ip', [...args])
}
