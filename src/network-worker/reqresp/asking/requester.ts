import type { Connection, Libp2p } from '@libp2p/interface'
import type { Clock } from '../../../shared/clock.ts'
import type { PeerIdStr } from '../../../shared/ids.ts'
import { awaitClose } from '../close-stream.ts'
import { AnswerBytes } from '../codec/answer-bytes.ts'
import { ResponseDecoder } from '../codec/response-decoder.ts'
import { isEnding } from '../connection-ending.ts'
import { exchange } from '../exchange.ts'
import { InFlight } from '../in-flight.ts'
import { MAX_CONCURRENT, MAX_SWALLOWED_BYTES, NEGOTIATION_MS } from '../limits.ts'
import { type ProtocolSpec, protocolsOf } from '../protocols.ts'
import { ReqRespError, type ReqRespErrorKind } from '../reqresp-error.ts'
import type { AskedName, RequestName } from '../types.ts'
import { type Abortable, type AskedProtocol, type OpenedStream, openStream } from './open-stream.ts'
import { wholeAnswer, wholeChunk } from './received-answer.ts'

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
  /**
   * One request whose answer, of any number of chunks, is thrown away. Resolves with its bytes on the stream.
   * @throws ReqRespError any kind but `incomplete`: an answer is over when the peer says so
   */
  swallow(peerId: PeerIdStr, protocol: AskedProtocol, ssz: Uint8Array): Promise<number>
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

/** How requests fail on a connection whose other end is gone without a word. */
const SILENCES: ReadonlySet<ReqRespErrorKind> = new Set<ReqRespErrorKind>(['negotiation_timeout', 'timeout'])

/** What is done with a stream once it is open. */
type Talk<Protocol extends AskedProtocol, T> = (opened: OpenedStream<Protocol>) => Promise<T>

/** Makes the asking side. Nothing it starts outlives its time limits, whatever the peer does. */
export function createRequester({ node, clock, live }: RequesterDeps): Requester {
  const inFlight = new InFlight<AskedName>()
  const opening = { clock, limitMs: NEGOTIATION_MS, live }

  async function onStream<Protocol extends AskedProtocol, T>(
    opened: OpenedStream<Protocol>,
    connection: Connection,
    talk: Talk<Protocol, T>,
  ): Promise<T> {
    const { stream, protocol } = opened
    live.add(stream)
    try {
      const result = await talk(opened)
      void awaitClose(stream, clock, () => true).then(() => live.delete(stream))
      return result
    } catch (error) {
      stream.abort(error instanceof Error ? error : new Error('request failed'))
      live.delete(stream)
      throw await blamed(error, protocol.name, connection)
    }
  }

  /** `error`, unless the request only failed because its connection ends, or has been replaced. */
  async function blamed(error: unknown, name: AskedName, connection: Connection): Promise<unknown> {
    // Nobody is blamed for how a goodbye ends, and nobody waits for it.
    if (name === 'goodbye') return error
    const isFarewell = error instanceof ReqRespError && FAREWELLS.has(error.kind)
    if (!isFarewell || !(await isEnding(connection, clock))) return unlessReplaced(error, node, connection)
    return new ReqRespError('disconnected', name, 'the connection closed before the answer', { cause: error })
  }

  async function ask<Protocol extends AskedProtocol, T>(
    peerId: PeerIdStr,
    name: Protocol['name'],
    offered: readonly Protocol[],
    talk: Talk<Protocol, T>,
  ): Promise<T> {
    const [connection] = openConnections(node, peerId)
    if (connection === undefined) throw new ReqRespError('disconnected', name, 'no open connection')
    if (inFlight.count(peerId, name) >= MAX_CONCURRENT) {
      throw new ReqRespError('too_many_requests', name, `${MAX_CONCURRENT} under way`)
    }
    using _slot = inFlight.enter(peerId, name)
    const opened = await openStream(connection, name, offered, opening).catch(async (error) => {
      throw await blamed(error, name, connection)
    })
    return await onStream(opened, connection, talk)
  }

  return {
    request: (peerId, name, encode) =>
      ask(peerId, name, protocolsOf(name), (opened) => {
        const { protocol } = opened
        const decoder = new ResponseDecoder(protocol.responseBytes)
        return exchange(
          opened,
          () => encode(protocol),
          { decoder, clock },
          (received, sentAtMs) => {
            const { chunk, firstByteAtMs } = wholeChunk(name, received, decoder.resultCode)
            return { protocol, ssz: chunk.bytes, rttMs: firstByteAtMs - sentAtMs }
          },
        )
      }),
    swallow: (peerId, protocol, ssz) =>
      ask(peerId, protocol.name, [protocol], (opened) => {
        const decoder = new AnswerBytes(MAX_SWALLOWED_BYTES)
        return exchange(
          opened,
          () => ssz,
          { decoder, clock },
          (received) => wholeAnswer(protocol.name, received, decoder.resultCode),
        )
      }),
  }
}

/** By the id's text: a peer's key is a point to be found on its curve, which takes 0.1 ms each time an id is parsed. */
function openConnections(node: Pick<Libp2p, 'getConnections'>, peerId: PeerIdStr): readonly Connection[] {
  return node.getConnections().filter(({ status, remotePeer }) => status === 'open' && remotePeer.toString() === peerId)
}

/** `error`, unless the peer came back meanwhile, and it is its old connection that is silent: that one is given up. */
function unlessReplaced(error: unknown, node: Pick<Libp2p, 'getConnections'>, connection: Connection): unknown {
  if (!(error instanceof ReqRespError && SILENCES.has(error.kind))) return error
  const isNewer = ({ timeline }: Connection): boolean => timeline.open > connection.timeline.open
  if (!openConnections(node, connection.remotePeer.toString()).some(isNewer)) return error
  const cause = new ReqRespError('disconnected', error.request, 'the peer has a newer connection', { cause: error })
  connection.abort(cause)
  return cause
}
