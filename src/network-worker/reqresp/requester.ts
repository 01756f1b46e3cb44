import type { Connection, Libp2p, Stream } from '@libp2p/interface'
import type { Clock } from '../../shared/clock.ts'
import type { PeerIdStr } from '../../shared/ids.ts'
import { awaitClose, closeWrite } from './close-stream.ts'
import { isEnding } from './connection-ending.ts'
import { encodeRequest } from './framing.ts'
import { InFlight } from './in-flight.ts'
import { FIRST_BYTE_MS, MAX_CONCURRENT, NEGOTIATION_MS, RESPONSE_MS } from './limits.ts'
import { type Abortable, type OpenedStream, openStream } from './open-stream.ts'
import { type ProtocolSpec, RESULT_CODE } from './protocols.ts'
import { type Received, receive } from './receive.ts'
import { ReqRespError, type ReqRespErrorKind } from './reqresp-error.ts'
import { type ResponseChunk, ResponseDecoder } from './response-decoder.ts'
import type { RequestName } from './types.ts'

export interface Answer {
  readonly protocol: ProtocolSpec
  /** Exactly `protocol.responseBytes` of SSZ. */
  readonly ssz: Uint8Array
  /** Request bytes handed to the negotiated stream, to first response byte. */
  readonly rttMs: number
}

export interface Requester {
  /**
   * One request and its one response chunk, over an open connection. `encode` makes the SSZ body for the version
   * that was agreed on.
   * @throws ReqRespError any kind
   */
  request(peerId: PeerIdStr, name: RequestName, encode: (protocol: ProtocolSpec) => Uint8Array): Promise<Answer>
}

export interface RequesterDeps {
  readonly node: Pick<Libp2p, 'getConnections'>
  readonly clock: Clock
  /** Streams and negotiations under way, for `stop`. */
  readonly live: Set<Abortable>
}

/** How requests fail at a peer that stops: it takes its protocols back, ends its streams, closes its connections. */
const FAREWELLS: ReadonlySet<ReqRespErrorKind> = new Set<ReqRespErrorKind>([
  'unsupported',
  'incomplete',
  'stream_error',
])

/** Makes the asking side. Nothing it starts outlives its time limits, whatever the peer does. */
export function createRequester({ node, clock, live }: RequesterDeps): Requester {
  const inFlight = new InFlight<RequestName>()

  async function exchange({ stream, protocol }: OpenedStream, body: Uint8Array): Promise<Answer> {
    const decoder = new ResponseDecoder(protocol.responseBytes)
    const limits = { firstByteMs: FIRST_BYTE_MS, totalMs: RESPONSE_MS }
    const receiving = receive(stream, decoder, clock, limits)
    const sentAtMs = clock.monotonicMs()
    send(stream, body)
    const closing = closeWrite(stream, clock)
    const received = await receiving
    const { chunk, firstByteAtMs } = wholeChunk(protocol.name, received, decoder.resultCode)
    await closing
    return { protocol, ssz: chunk.bytes, rttMs: firstByteAtMs - sentAtMs }
  }

  async function onStream(opened: OpenedStream, body: Uint8Array, connection: Connection): Promise<Answer> {
    const { stream, protocol } = opened
    live.add(stream)
    try {
      const answer = await exchange(opened, body)
      void awaitClose(stream, clock, () => true).then(() => live.delete(stream))
      return answer
    } catch (error) {
      stream.abort(error instanceof Error ? error : new Error('request failed'))
      live.delete(stream)
      throw await blamed(error, protocol.name, connection)
    }
  }

  /** `error`, unless the request only failed because its connection ends. */
  async function blamed(error: unknown, name: RequestName, connection: Connection): Promise<unknown> {
    // Nobody is blamed for how a goodbye ends, and nobody waits for it.
    if (name === 'goodbye') return error
    const isFarewell = error instanceof ReqRespError && FAREWELLS.has(error.kind)
    if (!isFarewell || !(await isEnding(connection, clock))) return error
    return new ReqRespError('disconnected', name, 'the connection closed before the answer', { cause: error })
  }

  return {
    async request(peerId, name, encode) {
      const connection = openConnection(node, peerId)
      if (connection === undefined) throw new ReqRespError('disconnected', name, 'no open connection')
      if (inFlight.count(peerId, name) >= MAX_CONCURRENT) {
        throw new ReqRespError('too_many_requests', name, `${MAX_CONCURRENT} under way`)
      }
      using _slot = inFlight.enter(peerId, name)
      const opened = await openStream(connection, name, clock, NEGOTIATION_MS, live).catch(async (error) => {
        throw await blamed(error, name, connection)
      })
      let body: Uint8Array
      try {
        body = encodeRequest(encode(opened.protocol))
      } catch (error) {
        opened.stream.abort(new Error('request not encodable'))
        throw new ReqRespError('stream_error', name, 'our request could not be encoded', { cause: error })
      }
      return await onStream(opened, body, connection)
    },
  }
}

/** By the id's text: a peer's key is a point to be found on its curve, which takes 0.1 ms each time an id is parsed. */
function openConnection(node: Pick<Libp2p, 'getConnections'>, peerId: PeerIdStr): Connection | undefined {
  return node.getConnections().find(({ status, remotePeer }) => status === 'open' && remotePeer.toString() === peerId)
}

/** Hands the body over; a stream that cannot take it is aborted, which ends the receiving too. */
function send(stream: Stream, body: Uint8Array): void {
  if (body.length === 0) return
  try {
    stream.send(body)
  } catch (error) {
    stream.abort(error instanceof Error ? error : new Error('send failed'))
  }
}

/** A successful chunk and nothing after it. @throws ReqRespError for all else */
function wholeChunk(
  name: RequestName,
  received: Received<ResponseChunk>,
  resultCode: number | undefined,
): { readonly chunk: ResponseChunk; readonly firstByteAtMs: number } {
  const refused = resultCode !== undefined && resultCode !== RESULT_CODE.success
  if (refused && received.status !== 'error') {
    throw new ReqRespError('error_response', name, errorText(received), { resultCode })
  }
  switch (received.status) {
    case 'done':
      if (received.extraBytes > 0) throw new ReqRespError('bad_response', name, 'bytes after the answer')
      return { chunk: received.value, firstByteAtMs: received.firstByteAtMs }
    case 'error':
      throw new ReqRespError('bad_response', name, received.reason)
    case 'timeout':
      throw new ReqRespError('timeout', name, 'no whole answer in time')
    case 'ended':
      throw new ReqRespError('incomplete', name, `ended after ${received.bytes} bytes`)
    case 'failed':
      throw new ReqRespError('stream_error', name, 'stream reset', { cause: received.cause })
  }
}

/** What the peer said, as far as it said it. Untrusted text: at most 256 bytes, for a log line only. */
function errorText(received: Received<ResponseChunk>): string {
  return received.status === 'done' ? Buffer.from(received.value.bytes).toString() : 'no error text'
}
