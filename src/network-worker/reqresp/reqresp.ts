/**
 * Req/Resp of the consensus layer: status, ping, metadata and goodbye, asked and answered over streams of connections
 * that exist. In come streams and calls, out go answers and hooks. Bounds: bytes by the exact SSZ size of each type,
 * time by limits.ts on the injected clock, work by quotas and stream counts per peer.
 * https://github.com/ethereum/consensus-specs/blob/master/specs/phase0/p2p-interface.md#the-reqresp-domain
 */
import type { Libp2p } from '@libp2p/interface'
import type { Clock } from '../../shared/clock.ts'
import type { PeerIdStr } from '../../shared/ids.ts'
import type { Logger } from '../../shared/logger.ts'
import { encodeBlocksByRange, type SlotRange } from '../recent/object-requests.ts'
import { createAnswers } from './answer.ts'
import type { Abortable } from './asking/open-stream.ts'
import { createRequester } from './asking/requester.ts'
import { decodeMetadata } from './codec/metadata-codec.ts'
import { decodeStatus, encodeStatus } from './codec/status-codec.ts'
import { encodeUint64, readUint64 } from './codec/uint64.ts'
import { GOODBYE_MS, MAX_INBOUND_STREAMS } from './limits.ts'
import { PROTOCOLS, statusVersion } from './protocols.ts'
import { ReqRespError } from './reqresp-error.ts'
import { QuotaBook } from './serving/quota-book.ts'
import { createResponder } from './serving/responder.ts'
import { BLOCKS_BY_RANGE, type InboundSpec, SERVED_PROTOCOLS } from './serving/served-protocols.ts'
import type { AnswerServed, LocalNode, Metadata, ReqRespHooks, RequestName, Status } from './types.ts'

export interface ReqRespDeps {
  readonly node: Pick<Libp2p, 'getConnections' | 'handle' | 'unhandle'>
  readonly clock: Clock
  readonly log: Logger
  readonly local: LocalNode
  readonly hooks: ReqRespHooks
  /** Answers requests for recent objects; left out, their protocols are not registered. */
  readonly answerServed?: AnswerServed | undefined
}

/** Every request fails with a `ReqRespError` and none dials: it needs an open connection. */
export interface ReqResp {
  /** Registers the protocols; requests of our own need no start. */
  start(): Promise<void>
  /** Unregisters them and resets the streams under way. */
  stop(): Promise<void>
  /** Sends our Status and resolves with the peer's. */
  status(peerId: PeerIdStr): Promise<Status>
  /** `rttMs`: request bytes handed to the negotiated stream, to first response byte. */
  ping(peerId: PeerIdStr): Promise<{ readonly seqNumber: bigint; readonly rttMs: number }>
  metadata(peerId: PeerIdStr): Promise<Metadata>
  /** Has a peer send its blocks of these slots and throws them away. Resolves with the bytes that came. */
  swallowBlocks(peerId: PeerIdStr, range: SlotRange): Promise<number>
  /** Says why we leave and waits at most a second; never rejects. */
  goodbye(peerId: PeerIdStr, reason: number): Promise<void>
  /** Drops the quota state of a peer: call when its last connection closed. */
  forget(peerId: PeerIdStr): void
}

/** A decoded answer, or the error for bytes of the right length that are no value of the type. */
function valid<T>(value: T | undefined, name: RequestName): T {
  if (value === undefined) throw new ReqRespError('bad_response', name, 'answer does not decode')
  return value
}

/** Makes both sides of Req/Resp over `node`. */
export function createReqResp({ node, clock, log, local, hooks, answerServed }: ReqRespDeps): ReqResp {
  // Bounded by the streams libp2p holds.
  const live = new Set<Abortable>()
  const quotas = new QuotaBook(clock)
  const requester = createRequester({ node, clock, live })
  const onViolation: ReqRespHooks['onViolation'] = (...args) => hooks.onViolation(...args)
  const answer = createAnswers(local, hooks)
  const responder = createResponder({ clock, log, quotas, answer, answerServed, onViolation, live })
  const registered: readonly InboundSpec[] =
    answerServed === undefined ? PROTOCOLS : [...PROTOCOLS, ...SERVED_PROTOCOLS]

  async function sayGoodbye(peerId: PeerIdStr, reason: number): Promise<void> {
    try {
      await requester.request(peerId, 'goodbye', () => encodeUint64(BigInt(reason)))
    } catch (error) {
      log.debug({ peerId, reason, err: error }, 'goodbye not answered')
    }
  }

  return {
    async start() {
      for (const protocol of registered) {
        await node.handle(protocol.id, (stream, connection) => responder.handle(protocol, stream, connection), {
          // Above our own bound, so that the breach is seen and reported here.
          maxInboundStreams: 2 * MAX_INBOUND_STREAMS,
        })
      }
    },
    async stop() {
      await node.unhandle(registered.map((protocol) => protocol.id))
      for (const abortable of [...live]) abortable.abort(new Error('stopping'))
    },
    async status(peerId) {
      const { protocol, ssz } = await requester.request(peerId, 'status', (chosen) =>
        encodeStatus(local.status(), statusVersion(chosen)),
      )
      return valid(decodeStatus(ssz, statusVersion(protocol)), 'status')
    },
    async ping(peerId) {
      const { ssz, rttMs } = await requester.request(peerId, 'ping', () => encodeUint64(local.metadata().seqNumber))
      return { seqNumber: readUint64(ssz, 0), rttMs }
    },
    async metadata(peerId) {
      const { protocol, ssz } = await requester.request(peerId, 'metadata', () => new Uint8Array(0))
      return valid(decodeMetadata(ssz, protocol.version), 'metadata')
    },
    swallowBlocks: (peerId, range) => requester.swallow(peerId, BLOCKS_BY_RANGE, encodeBlocksByRange(range)),
    async goodbye(peerId, reason) {
      const { promise: late, resolve } = Promise.withResolvers<void>()
      using _timer = clock.after(GOODBYE_MS, resolve)
      await Promise.race([sayGoodbye(peerId, reason), late])
    },
    forget: (peerId) => quotas.forget(peerId),
  }
}
