/** What peers do wrong when they ask a relay. */
import assert from 'node:assert/strict'
import type { Connection } from '@libp2p/interface'
import { encodeFrames } from '../../../src/consensus/snappy/snappy-frames.ts'
import type { ReportReason } from '../../../src/network-worker/peers/score/report-sites.ts'
import { MAX_INBOUND_STREAMS } from '../../../src/network-worker/reqresp/limits.ts'
import { protocolsOf } from '../../../src/network-worker/reqresp/protocols.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import type { GossipPeer } from '../../support/gossip-peer.ts'
import { comes, type Row, type Scenario, scene, visitor } from './reported-peer.ts'
import { readAll } from './reqresp/nodes.ts'

const PING = protocolsOf('ping')[0]?.id ?? ''
const METADATA = protocolsOf('metadata')[0]?.id ?? ''
const PING_FRAMES = encodeFrames(new Uint8Array(8))

/** The connection of a peer that has one. */
function connectionOf({ node }: GossipPeer): Connection {
  return node.getConnections()[0] ?? assert.fail('no connection')
}

/** Bytes in a ping's place, and whether the writer closes behind them. */
function badPing(what: string, delta: number, bytes: Uint8Array, closes = false): Scenario {
  return visitor(`a ping with ${what}`, delta, async ({ peer }) => {
    const stream = await connectionOf(peer).newStream(PING)
    stream.send(bytes)
    if (closes) await stream.close()
  })
}

const AFTER_THE_ANSWER = visitor('bytes after the answer to a request for metadata', -100, async ({ peer }) => {
  const stream = await connectionOf(peer).newStream(METADATA)
  await readAll(stream)
  stream.send(new Uint8Array(100))
})

const UNFINISHED: Scenario = {
  what: 'a request that does not come to its end in time',
  delta: -10,
  async play(stack) {
    const clock = new FakeClock(Date.now())
    const all = stack.use(await scene({}, clock))
    await comes(all)
    const stream = await connectionOf(all.peer).newStream(PING)
    stream.send(Uint8Array.of(8))
    return { relay: all.relay, peerId: all.peer.peerId, clock }
  },
}

const FLOOD = visitor('pings beyond the quota', -5, async ({ relay, peer }) => {
  for (let count = 0; count < 2; count++) await peer.reqResp.ping(relay.peerId)
  await assert.rejects(peer.reqResp.ping(relay.peerId))
})

/**
 * All but the first two of that many streams are over a quota, which takes the whole score. It is told goodbye by then:
 * on a clock that stands still the relay waits for its reply, and so the last stream always comes in time.
 */
const TOO_MANY: Scenario = {
  what: `${MAX_INBOUND_STREAMS + 1} streams at once`,
  delta: 0,
  async play(stack) {
    const all = stack.use(await scene({}, new FakeClock(Date.now())))
    await comes(all)
    const goodbyes = protocolsOf('goodbye').map(({ id }) => id)
    await all.peer.node.unhandle(goodbyes)
    await all.peer.node.handle(goodbyes, () => undefined)
    const connection = connectionOf(all.peer)
    await Promise.all(Array.from({ length: MAX_INBOUND_STREAMS + 1 }, () => connection.newStream(PING)))
    return { relay: all.relay, peerId: all.peer.peerId }
  },
}

export const INBOUND_ROWS: Readonly<Record<Extract<ReportReason, `inbound_${string}`>, Row>> = {
  inbound_bad_frame: {
    word: 'rpc_invalid_request',
    by: [badPing('frames that do not decode', -100, Buffer.from('08deadbeefdeadbeefdeadbeef', 'hex'))],
  },
  inbound_bad_length: { word: 'rpc_invalid_request', by: [badPing('a wrong length', -100, Uint8Array.of(9))] },
  inbound_bad_ssz: {
    cannot:
      'the requests a relay takes are of fixed size, and any bytes of that size are a value; all else is a bad length',
  },
  inbound_trailing_bytes: {
    word: 'rpc_invalid_request',
    by: [
      badPing('bytes after it', -100, Buffer.concat([Uint8Array.of(8), PING_FRAMES, Uint8Array.of(1)])),
      AFTER_THE_ANSWER,
    ],
  },
  inbound_incomplete: { word: 'rpc_invalid_request', by: [badPing('an early end', -5, Uint8Array.of(8), true)] },
  inbound_timeout: { word: 'rpc_timeout', by: [UNFINISHED] },
  inbound_rate_limited: { word: 'rpc_rate_limited', by: [FLOOD] },
  inbound_too_many_streams: { word: 'rpc_rate_limited', by: [TOO_MANY] },
}
