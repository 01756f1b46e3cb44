import type { Libp2p } from '@libp2p/interface'
import type { Clock } from '../../shared/clock.ts'
import type { PeerIdStr } from '../../shared/ids.ts'
import type { Logger } from '../../shared/logger.ts'
import type { LocalNode, Metadata, ReqRespHooks, Status } from './types.ts'

export interface ReqRespDeps {
  readonly node: Pick<Libp2p, 'getConnections' | 'handle' | 'unhandle'>
  readonly clock: Clock
  readonly log: Logger
  readonly local: LocalNode
  readonly hooks: ReqRespHooks
}

/** Every request fails with a `ReqRespError` and none dials: it needs an open connection. */
export interface ReqResp {
  start(): Promise<void>
  stop(): Promise<void>
  /** Sends our Status and resolves with the peer's. */
  status(peerId: PeerIdStr): Promise<Status>
  /** `rttMs`: request bytes handed to the negotiated stream, to first response byte. */
  ping(peerId: PeerIdStr): Promise<{ readonly seqNumber: bigint; readonly rttMs: number }>
  metadata(peerId: PeerIdStr): Promise<Metadata>
  /** Says why we leave and waits at most a second; never rejects. */
  goodbye(peerId: PeerIdStr, reason: number): Promise<void>
  /** Drops the quota state of a peer: call when its last connection closed. */
  forget(peerId: PeerIdStr): void
}

export function createReqResp(_deps: ReqRespDeps): ReqResp {
  throw new Error('in progress')
}
