import { type MessageStream, type StreamMuxerFactory, serviceCapabilities } from '@libp2p/interface'
import { type Clock, systemClock } from '../../../shared/clock.ts'
import type { WindowUpkeep } from '../congestion/window-upkeep.ts'
import { type YamuxOptions, yamuxOptions } from './options.ts'
import { YAMUX_PROTOCOL, YamuxMuxer } from './yamux-muxer.ts'

/**
 * Our own yamux for libp2p's list of muxers, in place of @libp2p/yamux: the same bytes on the wire for less work.
 * @param upkeep keeps the windows of TCP below, if given
 * @throws RangeError for bounds that cannot be kept
 */
export function ownYamux(options: Partial<YamuxOptions> = {}, clock: Clock = systemClock, upkeep?: WindowUpkeep) {
  const bounds = yamuxOptions(options)
  return (): StreamMuxerFactory<YamuxMuxer> & { readonly [serviceCapabilities]: string[] } => ({
    protocol: YAMUX_PROTOCOL,
    [serviceCapabilities]: ['@libp2p/stream-multiplexing'],
    createStreamMuxer: (connection: MessageStream) => new YamuxMuxer(connection, bounds, clock, upkeep),
  })
}
