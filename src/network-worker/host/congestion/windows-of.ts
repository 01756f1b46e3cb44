import type { Connection } from '@libp2p/interface'
import { YamuxStream } from '../yamux/yamux-stream.ts'
import type { ConnectionWindows } from './connection-windows.ts'

/** What is known of a connection's windows; undefined over QUIC or mplex, without a stream, and when windows are not kept. */
export function windowsOf({ streams }: Connection): ConnectionWindows | undefined {
  return streams.find((stream) => stream instanceof YamuxStream)?.windows
}
