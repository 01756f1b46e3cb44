import type { Connection, Stream } from '@libp2p/interface'
import type { Clock } from '../../../shared/clock.ts'
import type { PeerIdStr } from '../../../shared/ids.ts'
import type { Logger } from '../../../shared/logger.ts'
import type { AnswerFn } from '../answer.ts'
import type { Abortable } from '../asking/open-stream.ts'
import { awaitClose, closeWrite } from '../close-stream.ts'
import { encodeErrorResponse, encodeResponse } from '../codec/framing.ts'
import { InFlight } from '../in-flight.ts'
import { MAX_CONCURRENT, MAX_DISCARD_BYTES, MAX_EMPTY_BODY_BYTES, MAX_INBOUND_STREAMS } from '../limits.ts'
import { RESULT_CODE } from '../protocols.ts'
import type { AnswerServed, ReqRespHooks, RequestName, ServedName, ViolationKind } from '../types.ts'
import { createObjectResponder } from './object-responder.ts'
import type { QuotaBook } from './quota-book.ts'
import { BAD_SSZ, maxRequestBytes, RATE_LIMITED, type Refusal, readRequest } from './read-request.ts'
import type { InboundSpec } from './served-protocols.ts'

export interface ResponderDeps {
  readonly clock: Clock
  readonly log: Logger
  readonly quotas: QuotaBook
  readonly answer: AnswerFn
  /** Left out, such requests are never registered. */
  readonly answerServed?: AnswerServed | undefined
  readonly onViolation: ReqRespHooks['onViolation']
  /** Streams under way, for `stop`. */
  readonly live: Set<Abortable>
}

export interface Responder {
  /** Serves one inbound stream to its end. Never rejects. */
  handle(protocol: InboundSpec, stream: Stream, connection: Connection): Promise<void>
}

/** One inbound stream with what is needed to speak of it. */
interface Inbound {
  readonly protocol: InboundSpec
  readonly stream: Stream
  readonly connection: Connection
  readonly peerId: PeerIdStr
}

/** Hands a chunk over, when the peer still takes one. */
function handOver({ peerId, protocol, stream }: Inbound, chunk: Uint8Array, log: Logger): void {
  if (stream.writeStatus !== 'writable') return
  try {
    stream.send(chunk)
  } catch (error) {
    log.debug({ peerId, protocol: protocol.id, err: error }, 'answer not sent')
  }
}

/** Makes the answering side: limits first, then one request, one answer, and an end to the stream in any case. */
export function createResponder(deps: ResponderDeps): Responder {
  const { clock, log, quotas, answer, onViolation, live } = deps
  const inFlight = new InFlight<RequestName | ServedName | 'all'>()
  const serveObjects = createObjectResponder({ clock, log, quotas, answer: deps.answerServed })

  function guarded(inbound: Inbound, call: () => void): void {
    try {
      call()
    } catch (error) {
      log.error({ peerId: inbound.peerId, protocol: inbound.protocol.id, err: error }, 'request hook failed')
    }
  }

  function violation(inbound: Inbound, kind: ViolationKind): void {
    log.debug({ peerId: inbound.peerId, protocol: inbound.protocol.id, kind }, 'bad request')
    guarded(inbound, () => onViolation(inbound.peerId, kind, inbound.protocol.id))
  }

  const send = (inbound: Inbound, chunk: Uint8Array): void => handOver(inbound, chunk, log)

  function reply(inbound: Inbound, ssz: Uint8Array): Refusal | Promise<Refusal | undefined> | undefined {
    const { protocol } = inbound
    try {
      if ('maxRequestBytes' in protocol) return serveObjects({ ...inbound, protocol, ssz })
      const answered = answer(inbound.peerId, protocol, ssz)
      if (answered === undefined) return BAD_SSZ
      if (answered.reply !== undefined) send(inbound, encodeResponse(RESULT_CODE.success, answered.reply))
      guarded(inbound, answered.notify)
    } catch (error) {
      log.error({ protocol: inbound.protocol.id, err: error }, 'no answer to give')
      send(inbound, encodeErrorResponse(RESULT_CODE.serverError, 'internal error'))
    }
    return undefined
  }

  /** Reads and answers one request; why not, when it was not answered. */
  async function respond(inbound: Inbound): Promise<Refusal | undefined> {
    const { peerId, protocol, stream, connection } = inbound
    if (inFlight.count(peerId, protocol.name) >= MAX_CONCURRENT) return RATE_LIMITED
    if (!quotas.take(peerId, protocol.name)) return RATE_LIMITED
    using _slot = inFlight.enter(peerId, protocol.name)
    const request = await readRequest(protocol, stream, connection, clock)
    return 'ssz' in request ? await reply(inbound, request.ssz) : request
  }

  /** Reports and ends a refused request, with patience for bytes of it that are still on their way. */
  async function refuse(inbound: Inbound, { kind, code, text }: Refusal): Promise<void> {
    const { stream } = inbound
    if (kind !== undefined) violation(inbound, kind)
    if (code === undefined) return stream.abort(new Error(text))
    send(inbound, encodeErrorResponse(code, text))
    await closeWrite(stream, clock)
    let left = Math.max(MAX_DISCARD_BYTES, 2 * maxRequestBytes(inbound.protocol))
    await awaitClose(stream, clock, (bytes) => {
      left -= bytes
      return left < 0
    })
  }

  /** Closes our side of an answered request; whatever else the peer sends is a violation. */
  async function finish(inbound: Inbound): Promise<void> {
    await closeWrite(inbound.stream, clock)
    let allowed = maxRequestBytes(inbound.protocol) === 0 ? MAX_EMPTY_BODY_BYTES : 0
    await awaitClose(inbound.stream, clock, (bytes) => {
      allowed -= bytes
      if (allowed < 0) violation(inbound, 'trailing_bytes')
      return allowed < 0
    })
  }

  async function serve(inbound: Inbound): Promise<void> {
    if (inFlight.count(inbound.peerId, 'all') >= MAX_INBOUND_STREAMS) {
      return await refuse(inbound, { kind: 'too_many_streams', text: 'too many streams' })
    }
    using _slot = inFlight.enter(inbound.peerId, 'all')
    const refusal = await respond(inbound)
    await (refusal === undefined ? finish(inbound) : refuse(inbound, refusal))
  }

  return {
    async handle(protocol, stream, connection) {
      live.add(stream)
      try {
        await serve({ protocol, stream, connection, peerId: connection.remotePeer.toString() })
      } catch (error) {
        log.error({ protocol: protocol.id, err: error }, 'request handler failed')
        stream.abort(new Error('internal error'))
      } finally {
        live.delete(stream)
      }
    },
  }
}
