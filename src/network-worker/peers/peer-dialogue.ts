/**
 * What we ask a connected peer: status, ping, metadata. In: a record. Out: the record with what was learnt, and answers
 * and failures handed on. A failed request is a fact about the peer and no error of ours.
 */
import type { Clock } from '../../shared/clock.ts'
import type { PeerIdStr } from '../../shared/ids.ts'
import type { Logger } from '../../shared/logger.ts'
import type { ReqResp } from '../reqresp/reqresp.ts'
import { ReqRespError } from '../reqresp/reqresp-error.ts'
import type { Metadata, Status } from '../reqresp/types.ts'
import { type PeerRecord, recordRtt } from './peer-record.ts'
import type { PeerRegistry } from './peer-registry.ts'
import { MIN_PING_PERIOD_MS } from './upkeep.ts'

export interface PeerDialogueDeps {
  readonly reqResp: Pick<ReqResp, 'status' | 'ping' | 'metadata'>
  readonly registry: PeerRegistry
  readonly clock: Clock
  readonly log: Logger
  readonly onStatus: (peerId: PeerIdStr, status: Status) => void
  readonly onMetadata: (peerId: PeerIdStr, metadata: Metadata) => void
  readonly onFailure: (peerId: PeerIdStr, error: ReqRespError) => void
}

export class PeerDialogue {
  readonly #deps: PeerDialogueDeps

  constructor(deps: PeerDialogueDeps) {
    this.#deps = deps
  }

  /**
   * The first words: status, and if that leaves us connected, ping and metadata. Of a peer that comes back in a hurry
   * metadata is known, and its ping waits for upkeep, or its quotas would take us for a flood.
   */
  async greet(record: PeerRecord): Promise<void> {
    await this.askStatus(record)
    if (record.state !== 'connected') return
    record.greeted = true
    if (this.#deps.clock.monotonicMs() - record.lastPingAtMs >= MIN_PING_PERIOD_MS) await this.ping(record)
    if (record.metadata === undefined) await this.askMetadata(record.peerId)
  }

  async askStatus(record: PeerRecord): Promise<void> {
    const { reqResp, clock, onStatus } = this.#deps
    record.lastStatusAtMs = clock.monotonicMs()
    const status = await this.#request(record.peerId, () => reqResp.status(record.peerId))
    if (status !== undefined) onStatus(record.peerId, status)
  }

  /** One ping, never two at once; measures the round trip, or counts it as missed. */
  async ping(record: PeerRecord): Promise<void> {
    if (record.pingInFlight) return
    const { reqResp, clock } = this.#deps
    record.pingInFlight = true
    record.pingsSent++
    record.lastPingAtMs = clock.monotonicMs()
    const pong = await this.#request(record.peerId, () => reqResp.ping(record.peerId))
    record.pingInFlight = false
    if (pong === undefined) {
      record.missedPings++
      return
    }
    record.missedPings = 0
    recordRtt(record, pong.rttMs)
    await this.heard(record.peerId, pong.seqNumber)
  }

  /** Asks for metadata when the peer's sequence number is newer than what we hold. */
  async heard(peerId: PeerIdStr, seqNumber: bigint): Promise<void> {
    const known = this.#deps.registry.get(peerId)?.metadata?.seqNumber
    if (known !== undefined && seqNumber > known) await this.askMetadata(peerId)
  }

  async askMetadata(peerId: PeerIdStr): Promise<void> {
    const { reqResp, registry, onMetadata } = this.#deps
    const metadata = await this.#request(peerId, () => reqResp.metadata(peerId))
    const record = registry.get(peerId)
    if (metadata === undefined || record === undefined) return
    record.metadata = metadata
    onMetadata(peerId, metadata)
  }

  async #request<T>(peerId: PeerIdStr, send: () => Promise<T>): Promise<T | undefined> {
    try {
      return await send()
    } catch (err) {
      if (!(err instanceof ReqRespError)) throw err
      this.#deps.log.debug({ peer: peerId, kind: err.kind, request: err.request, why: err.message }, 'request failed')
      this.#deps.onFailure(peerId, err)
      return undefined
    }
  }
}
