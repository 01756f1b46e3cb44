import { type Connection, type Stream, UnsupportedProtocolError } from '@libp2p/interface'
import type { Clock } from '../../shared/clock.ts'
import { PROTOCOLS, type ProtocolSpec, protocolsOf } from './protocols.ts'
import { ReqRespError, type ReqRespErrorKind } from './reqresp-error.ts'
import type { RequestName } from './types.ts'

export interface OpenedStream {
  readonly stream: Stream
  readonly protocol: ProtocolSpec
}

/** Anything that `stop` has to end. */
export interface Abortable {
  abort(error: Error): void
}

function failureKind(connection: Connection, error: unknown): ReqRespErrorKind {
  if (error instanceof UnsupportedProtocolError) return 'unsupported'
  return connection.status === 'open' ? 'stream_error' : 'disconnected'
}

/**
 * Opens a stream on `connection` and agrees on the newest version of the request both sides speak. While it is under
 * way it is a member of `live`.
 * @throws ReqRespError `unsupported`, `negotiation_timeout`, `disconnected`, `stream_error`
 */
export async function openStream(
  connection: Connection,
  name: RequestName,
  clock: Clock,
  limitMs: number,
  live: Set<Abortable>,
): Promise<OpenedStream> {
  const controller = new AbortController()
  const { promise: givenUp, reject } = Promise.withResolvers<never>()
  const giveUp = (error: ReqRespError): void => {
    reject(error)
    controller.abort(error)
  }
  const abortable: Abortable = {
    abort: (cause) => giveUp(new ReqRespError('disconnected', name, cause.message, { cause })),
  }
  live.add(abortable)
  using _timer = clock.after(limitMs, () =>
    giveUp(new ReqRespError('negotiation_timeout', name, 'no protocol agreed on in time')),
  )
  const ids = protocolsOf(name).map((protocol) => protocol.id)
  const opening = connection.newStream(ids, { signal: controller.signal })
  try {
    // Raced, because a muxer that waits for the peer's stream limit does not look at the signal.
    const stream = await Promise.race([opening, givenUp])
    return { stream, protocol: negotiated(stream, name) }
  } catch (error) {
    const late = error instanceof Error ? error : new Error('could not open the stream')
    opening.then(
      (stream) => stream.abort(late),
      () => undefined,
    )
    if (error instanceof ReqRespError) throw error
    throw new ReqRespError(failureKind(connection, error), name, late.message, { cause: error })
  } finally {
    live.delete(abortable)
  }
}

function negotiated(stream: Stream, name: RequestName): ProtocolSpec {
  const protocol = PROTOCOLS.find((candidate) => candidate.id === stream.protocol && candidate.name === name)
  if (protocol === undefined) throw new ReqRespError('stream_error', name, `negotiated "${stream.protocol}"`)
  return protocol
}
