import { type Connection, type Stream, UnsupportedProtocolError } from '@libp2p/interface'
import type { Clock } from '../../../shared/clock.ts'
import { ReqRespError, type ReqRespErrorKind } from '../reqresp-error.ts'
import type { AskedName } from '../types.ts'

/** One version of what is asked. */
export interface AskedProtocol {
  readonly name: AskedName
  readonly id: string
}

export interface OpenedStream<Protocol extends AskedProtocol> {
  readonly stream: Stream
  readonly protocol: Protocol
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
 * Opens a stream on `connection` and agrees on the first of `offered`, the versions of a request, that the peer speaks. While
 * it is under way it is a member of `live`.
 * @throws ReqRespError `unsupported`, `negotiation_timeout`, `disconnected`, `stream_error`
 */
export async function openStream<Protocol extends AskedProtocol>(
  connection: Connection,
  name: Protocol['name'],
  offered: readonly Protocol[],
  { clock, limitMs, live }: { readonly clock: Clock; readonly limitMs: number; readonly live: Set<Abortable> },
): Promise<OpenedStream<Protocol>> {
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
  const ids = offered.map(({ id }) => id)
  const opening = connection.newStream(ids, { signal: controller.signal })
  try {
    // Raced, because a muxer that waits for the peer's stream limit does not look at the signal.
    const stream = await Promise.race([opening, givenUp])
    return { stream, protocol: negotiated(stream, name, offered) }
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

function negotiated<Protocol extends AskedProtocol>(
  stream: Stream,
  name: AskedName,
  offered: readonly Protocol[],
): Protocol {
  const protocol = offered.find(({ id }) => id === stream.protocol)
  if (protocol === undefined) throw new ReqRespError('stream_error', name, `negotiated "${stream.protocol}"`)
  return protocol
}
