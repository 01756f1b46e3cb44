import type { TrustedPeer } from '../../rpc/access.ts'
import type { Client } from '../../rpc/client-type.ts'
import type { Control } from '../../rpc/contract.ts'
import type { DialTarget } from '../../rpc/peer-views.ts'
import { type ErrorCode, RelayError } from '../../shared/errors.ts'
import type { Logger } from '../../shared/logger.ts'

/** What the worker says of a target that names nobody who could be trusted. */
const BAD_TARGET: ReadonlySet<ErrorCode> = new Set(['BAD_ENR', 'BAD_MULTIADDR', 'BAD_PEER_ID'])
/** What it says of a target that is this relay itself. */
const OURSELVES: ErrorCode = 'BAD_REQUEST'

function targetOf(text: string): DialTarget {
  return text.startsWith('enr:') ? { enr: text } : { multiaddr: text }
}

/**
 * The peer that one item of `--trusted-peers` names, or undefined when it is this relay, as where one list serves a whole
 * fleet, and, with a warning, when it is banned for its score.
 * @throws RelayError CONFIG_INVALID that names the text when it is wrong; what the call throws when the worker fails
 */
export async function resolveTrustedFlag(
  text: string,
  control: Pick<Client<Control>, 'resolvePeer'>,
  log: Logger,
): Promise<TrustedPeer | undefined> {
  try {
    return await control.resolvePeer(targetOf(text))
  } catch (cause) {
    const { code, message } = RelayError.from(cause)
    if (BAD_TARGET.has(code)) {
      throw new RelayError('CONFIG_INVALID', `--trusted-peers: ${JSON.stringify(text)}: ${message}`, {}, { cause })
    }
    if (code === OURSELVES) return undefined
    if (code !== 'PEER_BANNED') throw cause
    log.warn({ target: text }, 'not trusted as --trusted-peers asks: the peer is banned for its score')
    return undefined
  }
}
