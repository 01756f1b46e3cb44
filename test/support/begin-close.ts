import type { Stream } from '@libp2p/interface'

/** Closes a stream without waiting for it: that the connection, or the test, ends sooner is no error. */
export function beginClose(stream: Pick<Stream, 'close'>): void {
  stream.close().catch(() => undefined)
}
