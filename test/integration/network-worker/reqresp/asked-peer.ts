/** We ask somebody who answers one protocol its own way. */
import type { Stream } from '@libp2p/interface'
import type { Clock } from '../../../../src/shared/clock.ts'
import { FakeClock } from '../../../support/fake-clock.ts'
import { until } from '../../../support/until.ts'
import { bareNode, connect, openStreams, type Peer, peer, type Transport } from './nodes.ts'

interface Scene {
  readonly us: Peer
  readonly them: string
}

/** We against a peer that serves one protocol its own way. */
export async function against(
  transport: Transport,
  protocol: string,
  serve: (stream: Stream) => void | Promise<void>,
  clock: Clock,
  run: (scene: Scene) => Promise<void>,
): Promise<void> {
  await using us = await peer(transport, undefined, clock)
  const bare = await bareNode(transport)
  try {
    await bare.handle(`/eth2/beacon_chain/req/${protocol}/ssz_snappy`, serve, { maxInboundStreams: 1000 })
    await connect(bare, us.node)
    await run({ us, them: bare.peerId.toString() })
    await until('our side of all streams gone', () => openStreams(us.node).length === 0)
    if (clock instanceof FakeClock) await until('all timers gone', () => clock.pending === 0)
  } finally {
    await bare.stop()
  }
}

/** Sends these pieces, one after the other, and ends its side. */
export const answering = (...pieces: readonly Uint8Array[]) =>
  async function serve(stream: Stream): Promise<void> {
    for (const piece of pieces) {
      stream.send(piece)
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
    await stream.close()
  }
