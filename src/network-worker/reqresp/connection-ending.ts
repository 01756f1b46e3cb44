import type { Connection } from '@libp2p/interface'
import type { Clock } from '../../shared/clock.ts'
import { CLOSE_NOTICE_MS } from './limits.ts'

/**
 * True when the connection is closed or closes within half a second. A stream that ends early is the peer's fault only
 * when its connection lives on, and muxers end their streams before the connection is seen to close: QUIC by a
 * round trip.
 */
export async function isEnding(connection: Connection, clock: Clock): Promise<boolean> {
  if (connection.status !== 'open') return true
  const { promise, resolve } = Promise.withResolvers<void>()
  const onClose = (): void => resolve()
  connection.addEventListener('close', onClose)
  using _timer = clock.after(CLOSE_NOTICE_MS, onClose)
  await promise
  connection.removeEventListener('close', onClose)
  return connection.status !== 'open'
}
