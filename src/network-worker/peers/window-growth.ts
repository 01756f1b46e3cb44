/**
 * Has a peer send a few blocks that we throw away, once it is in the block's mesh, so that the next one, which we wait for,
 * comes in one flight and not in three (ADR 45). In: the peers that send us blocks and what is known of their windows. Out:
 * requests, late in a slot.
 */
import type { Connection, Libp2p } from '@libp2p/interface'
import { msUntilQuiet } from '../../consensus/quiet-time.ts'
import type { SlotClock } from '../../consensus/slot-clock.ts'
import type { Clock } from '../../shared/clock.ts'
import type { PeerIdStr } from '../../shared/ids.ts'
import type { Logger } from '../../shared/logger.ts'
import type { ConnectionWindows } from '../host/congestion/connection-windows.ts'
import { KEPT_MS } from '../host/congestion/grown-window.ts'
import type { SlotRange } from '../recent/object-requests.ts'
import type { ReqResp } from '../reqresp/reqresp.ts'
import { ReqRespError } from '../reqresp/reqresp-error.ts'
import type { Status } from '../reqresp/types.ts'
import type { PeerRecord } from './peer-record.ts'
import type { PeerRegistry } from './peer-registry.ts'

/**
 * Of so many slots in a row. A window that doubles each round trip ends at half of what passed: of half a MB of mainnet's
 * blocks at four times what one takes, and QUIC's, which paces a block by its window, sends it in a fraction of a round trip.
 */
export const ASKED_SLOTS = 8
/** Asked at once: of peers 100 ms away so many send 27 Mbit/s. */
const AT_ONCE = 4

const OUTCOMES = ['answered', 'empty', 'unsupported', 'failed'] as const
type Outcome = (typeof OUTCOMES)[number]

export interface WindowGrowthDeps {
  readonly host: Pick<Libp2p, 'getConnections'>
  readonly reqResp: Pick<ReqResp, 'swallowBlocks'>
  readonly registry: Pick<PeerRegistry, 'get'>
  /** Those who send us blocks: of the mesh, and explicit ones. */
  readonly blockPeers: () => readonly PeerIdStr[]
  /** What is known of a connection's windows; undefined when nothing is. */
  readonly windowsOf: (connection: Connection) => Pick<ConnectionWindows, 'isTheirsWide'> | undefined
  readonly slotClock: Pick<SlotClock, 'currentSlot' | 'msIntoSlot'>
  readonly slotDurationMs: number
  readonly clock: Clock
  readonly log: Logger
}

/** A peer that is to be asked, and for what. */
interface Due {
  readonly record: PeerRecord
  readonly range: SlotRange
}

export class WindowGrowth {
  readonly #deps: WindowGrowthDeps
  /** When peers that are connected were asked, monotonic, by the connection. As bounded as these are: the rest is dropped each slot. */
  readonly #asked = new Map<PeerIdStr, { readonly connectedAtMs: number; readonly atMs: number }>()
  readonly #outcomes = new Map<Outcome, number>(OUTCOMES.map((outcome) => [outcome, 0]))
  #bytes = 0
  #isAsking = false
  #timer: Disposable | undefined

  constructor(deps: WindowGrowthDeps) {
    this.#deps = deps
  }

  /** Requests since start by what became of them, and the bytes that came. */
  get counts(): { readonly outcomes: Readonly<Record<string, number>>; readonly bytes: number } {
    return { outcomes: Object.fromEntries(this.#outcomes), bytes: this.#bytes }
  }

  start(): void {
    this.#timer ??= this.#arm()
  }

  stop(): void {
    this.#timer?.[Symbol.dispose]()
    this.#timer = undefined
  }

  /** Sleeps until late in the slot, or in the next one. */
  #arm(): Disposable {
    const { clock, slotDurationMs } = this.#deps
    const waitMs = this.#msUntilQuiet
    return clock.after(waitMs === 0 ? slotDurationMs : waitMs, () => {
      this.#timer = this.#arm()
      if (this.#msUntilQuiet === 0) void this.#askAll()
    })
  }

  async #askAll(): Promise<void> {
    this.#forgetGone()
    if (this.#isAsking) return
    this.#isAsking = true
    try {
      const due = this.#due().values()
      await Promise.all(Array.from({ length: AT_ONCE }, () => this.#askInTurn(due)))
    } finally {
      this.#isAsking = false
    }
  }

  /** One after the other while it is quiet; who is left is asked in the next slot. */
  async #askInTurn(due: Iterator<Due>): Promise<void> {
    while (this.#timer !== undefined && this.#msUntilQuiet === 0) {
      const { value, done } = due.next()
      if (done === true) return
      await this.#ask(value)
    }
  }

  async #ask({ record: { peerId, connectedAtMs, client }, range }: Due): Promise<void> {
    const { reqResp, clock, log } = this.#deps
    const atMs = clock.monotonicMs()
    this.#asked.set(peerId, { connectedAtMs, atMs })
    const outcome = await reqResp.swallowBlocks(peerId, range).then(
      (bytes) => {
        this.#bytes += bytes
        log.debug({ peer: peerId, client, bytes, ms: clock.monotonicMs() - atMs }, 'window of a peer grown')
        return bytes > 0 ? 'answered' : 'empty'
      },
      (err: unknown) => {
        if (!(err instanceof ReqRespError)) throw err
        log.debug({ peer: peerId, client, kind: err.kind, why: err.message }, 'window of a peer not grown')
        return err.kind === 'unsupported' ? 'unsupported' : 'failed'
      },
    )
    this.#outcomes.set(outcome, (this.#outcomes.get(outcome) ?? 0) + 1)
  }

  #due(): readonly Due[] {
    const { host, registry, blockPeers, slotClock } = this.#deps
    const connections = new Map(
      host
        .getConnections()
        .filter(({ status }) => status === 'open')
        .map((connection) => [connection.remotePeer.toString(), connection]),
    )
    return blockPeers().flatMap((peerId) => {
      const [record, connection] = [registry.get(peerId), connections.get(peerId)]
      if (record === undefined || connection === undefined || !this.#isDue(record, connection)) return []
      const range = record.status && newestSlots(record.status, slotClock.currentSlot())
      return range === undefined ? [] : [{ record, range }]
    })
  }

  /** Where nothing is known of the window it is asked for once: QUIC's do not close, and what is not kept would each few seconds. */
  #isDue(record: PeerRecord, connection: Connection): boolean {
    if (record.state !== 'connected' || !record.greeted) return false
    const windows = this.#deps.windowsOf(connection)
    if (windows?.isTheirsWide === true) return false
    const askedAtMs = this.#asked.get(record.peerId)?.atMs
    if (askedAtMs === undefined) return true
    return windows !== undefined && this.#deps.clock.monotonicMs() - askedAtMs >= KEPT_MS
  }

  #forgetGone(): void {
    for (const [peerId, { connectedAtMs }] of this.#asked) {
      const record = this.#deps.registry.get(peerId)
      const isHere = record?.state === 'connected' && record.connectedAtMs === connectedAtMs
      if (!isHere) this.#asked.delete(peerId)
    }
  }

  /** 0 while it is. */
  get #msUntilQuiet(): number {
    return msUntilQuiet(this.#deps.slotClock, this.#deps.slotDurationMs)
  }
}

/** The newest slots of which a peer said that it has blocks; undefined when there are none. */
export function newestSlots(status: Status, currentSlot: number): SlotRange | undefined {
  const lastSlot = Math.min(status.headSlot, currentSlot)
  // Of the genesis block there is nothing to send but itself.
  const startSlot = Math.max(status.earliestAvailableSlot ?? 1, lastSlot - ASKED_SLOTS + 1, 1)
  const count = lastSlot - startSlot + 1
  return count < 1 ? undefined : { startSlot, count }
}
