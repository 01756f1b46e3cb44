/**
 * Goodbye codes in the words of the beacon node API (beacon-APIs #606). `inbound_disconnect` is an extension of that
 * proposal (spec/peer-scoring-fields.md): the connection was closed and no goodbye said.
 */
import type { DisconnectReason } from '../../../rpc/peer-views.ts'
import type { KnownGoodbyeCode } from '../goodbye-reason.ts'
import type { DisconnectCause } from '../last-disconnect.ts'

/** The same for codes that were sent and received. */
const REASON_OF_CODE: Record<KnownGoodbyeCode, DisconnectReason> = {
  0: 'unknown',
  1: 'client_shutdown',
  2: 'irrelevant_network',
  3: 'io_error',
  128: 'unviable_fork',
  129: 'too_many_peers',
  130: 'rate_limited',
  237: 'bad_score',
  250: 'bad_score',
  251: 'bad_score',
  252: 'bad_score',
}

/** Why a session ended, in the words of the API; `unknown` for a code that no client is known to send. */
export function disconnectReason(cause: DisconnectCause): DisconnectReason {
  if (cause.goodbye === 'none') return 'inbound_disconnect'
  const known: Readonly<Record<number, DisconnectReason>> = REASON_OF_CODE
  return known[cause.code] ?? 'unknown'
}
