/**
 * What we ask a connected peer: status, ping, metadata. In: a record. Out: the record with what was learnt, and the
 * Status handed on. A failed request is a fact about the peer and no error of ours.
 */
import type { Clock } from '../../shared/clock.ts'
import type { PeerIdStr } from '../../shared/ids.ts'
import type { Logger } from '../../shared/logger.ts'
import type { ReqResp } from '../reqresp/reqresp.ts'
import { ReqRespError } from '../reqresp/reqresp-error.ts'
import type { Status } from '../reqresp/types.ts'
import { type PeerRecord, recordRtt } from './peer-record.ts'
import type { PeerRegistry } from './peer-registry.ts'

export interface PeerDialogueDeps {
  readonly reqResp: Pick<ReqResp, 'status' | 'ping' | 'metadata'>
  readonly registry: PeerRegistry
  readonly clock: Clock
  readonly log: Logger
  readonly onStatus: (peerId: PeerIdStr, status: Status) => void
}

export class PeerDialogue {
  readonly #deps: PeerDialogueDeps

  constructor(deps: PeerDialogueDeps) {
    this.#deps = deps
  }

  /** The first words: status, and if that leaves us connected, ping and metadata. */
  async greet(record: PeerRecord): Promise<void> {
    await this.askStatus(record)
    if (record.state !== 'connected') return
    await this.ping(record)
    await this.askMetadata(record.peerId)
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
    const { reqResp, registry } = this.#deps
    const metadata = await this.#request(peerId, () => reqResp.metadata(peerId))
    const record = registry.get(peerId)
    if (metadata !== undefined && record !== undefined) record.metadata = metadata
  }

  async #request<T>(peerId: PeerIdStr, send: () => Promise<T>): Promise<T | undefined> {
    try {
      return await send()
    } catch (err) {
      if (!(err instanceof ReqRespError)) throw err
      this.#deps.log.debug({ peer: peerId, kind: err.kind, request: err.request, why: err.message }, 'request failed')
      return undefined
    }
  }
}
