/**
 * Measures a relay's heartbeat where it shows on the wire. A peer that refuses every GRAFT is the only one in a quiet
 * topic: each heartbeat then advertises to it (IHAVE) what it published there a moment ago.
 */
import { randomBytes } from 'node:crypto'
import { compressBlock } from '../../src/consensus/snappy/snappy-block.ts'
import type { GoWirePeer, RpcEvent } from './go-wire-peer.ts'

/** Well within the time a message is advertised, 4.2 s, so that there is always one. */
const FEED_PERIOD_MS = 1_000
/** The size of a single attestation. */
const PAYLOAD_BYTES = 240

export interface HeartbeatReading {
  /** Intervals that were counted. */
  readonly count: number
  readonly medianMs: number
  readonly meanMs: number
  readonly maxMs: number
}

export class GoHeartbeatMeter implements Disposable {
  readonly #peer: GoWirePeer
  readonly #relayId: string
  readonly #topic: string
  readonly #timer: NodeJS.Timeout

  private constructor(peer: GoWirePeer, relayId: string, topic: string) {
    this.#peer = peer
    this.#relayId = relayId
    this.#topic = topic
    this.#timer = setInterval(() => void this.#feed(), FEED_PERIOD_MS)
  }

  /** `peer` is connected and refuses GRAFTs; nobody else is in `topic`. */
  static async start(peer: GoWirePeer, relayId: string, topic: string): Promise<GoHeartbeatMeter> {
    await peer.send(relayId, { subscribe: [topic] })
    const meter = new GoHeartbeatMeter(peer, relayId, topic)
    await meter.#feed()
    return meter
  }

  /** Heartbeats whose IHAVE came between two Unix times in ms. */
  between(fromMs: number, toMs: number): HeartbeatReading {
    const beats = this.#peer.received.filter(isAdvert).map(({ atNs }) => Number(BigInt(atNs) / 1000n) / 1000)
    const within = beats.filter((atMs) => atMs >= fromMs && atMs <= toMs)
    const spacings = within.slice(1).map((atMs, index) => atMs - (within[index] ?? atMs))
    const sorted = spacings.toSorted((a, b) => a - b)
    const total = spacings.reduce((sum, spacing) => sum + spacing, 0)
    return {
      count: spacings.length,
      medianMs: sorted[Math.floor(sorted.length / 2)] ?? Number.NaN,
      meanMs: total / spacings.length,
      maxMs: sorted.at(-1) ?? Number.NaN,
    }
  }

  /** Ends the publishing; the peer is the caller's. */
  [Symbol.dispose](): void {
    clearInterval(this.#timer)
  }

  async #feed(): Promise<void> {
    const data = Buffer.from(compressBlock(randomBytes(PAYLOAD_BYTES))).toString('hex')
    try {
      await this.#peer.send(this.#relayId, { publish: [{ topic: this.#topic, data }] })
    } catch {
      clearInterval(this.#timer) // the relay or the peer is gone: readings end here
    }
  }
}

function isAdvert({ rpc }: RpcEvent): boolean {
  return rpc.ihave !== undefined
}
