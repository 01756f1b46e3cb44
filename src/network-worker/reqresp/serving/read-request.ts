import type { Connection, Stream } from '@libp2p/interface'
import type { Clock } from '../../../shared/clock.ts'
import { receive } from '../asking/receive.ts'
import { MessageDecoder } from '../codec/message-decoder.ts'
import { isEnding } from '../connection-ending.ts'
import { REQUEST_READ_MS } from '../limits.ts'
import { RESULT_CODE } from '../protocols.ts'
import type { ViolationKind } from '../types.ts'
import type { InboundSpec } from './served-protocols.ts'

/** Why a request is not answered. */
export interface Refusal {
  /** Undefined when it is nobody's fault, such as a connection that closed. */
  readonly kind: ViolationKind | undefined
  /** The result byte to answer; left out, the stream is reset without a word. */
  readonly code?: number
  readonly text: string
}

export const RATE_LIMITED: Refusal = { kind: 'rate_limited', code: RESULT_CODE.rateLimited, text: 'rate limited' }
export const BAD_SSZ: Refusal = {
  kind: 'bad_ssz',
  code: RESULT_CODE.invalidRequest,
  text: 'request does not decode',
}

const EMPTY = new Uint8Array(0)

function invalid(kind: ViolationKind, text: string): Refusal {
  return { kind, code: RESULT_CODE.invalidRequest, text }
}

/** The longest body of a request; 0 when it has none. */
export function maxRequestBytes(protocol: InboundSpec): number {
  return 'maxRequestBytes' in protocol ? protocol.maxRequestBytes : protocol.requestBytes
}

/**
 * The SSZ body of an inbound request, or why there is none. Complete as soon as the announced bytes are in: some
 * clients half-close at once, others only after our answer. For the same reason an empty body is not waited for.
 */
export async function readRequest(
  protocol: InboundSpec,
  stream: Stream,
  connection: Connection,
  clock: Clock,
): Promise<{ readonly ssz: Uint8Array } | Refusal> {
  const maxBytes = maxRequestBytes(protocol)
  if (maxBytes === 0) return { ssz: EMPTY }
  const decoder = new MessageDecoder(protocol.requestBytes, maxBytes)
  const received = await receive(stream, decoder, clock, { totalMs: REQUEST_READ_MS })
  switch (received.status) {
    case 'done':
      return received.extraBytes > 0 ? invalid('trailing_bytes', 'bytes after the request') : { ssz: received.value }
    case 'error':
      return invalid(received.kind, received.reason)
    case 'timeout':
      return { kind: 'timeout', text: 'no whole request in time' }
    case 'ended':
      // A reset before the first byte, which QUIC does not tell from an orderly end, is only a change of mind.
      if (received.bytes === 0) return { kind: undefined, code: RESULT_CODE.invalidRequest, text: 'no request' }
      if (await isEnding(connection, clock)) return { kind: undefined, text: 'connection closed' }
      return invalid('incomplete', 'request ended early')
    case 'failed':
      return { kind: undefined, text: 'stream reset' }
  }
}
