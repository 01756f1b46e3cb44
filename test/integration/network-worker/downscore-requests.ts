/** What becomes of a relay's own requests: peers that answer badly, with an error, late, or not at all. */
import type { Stream } from '@libp2p/interface'
import type { ReportReason } from '../../../src/network-worker/peers/score/report-sites.ts'
import { encodeErrorResponse } from '../../../src/network-worker/reqresp/codec/framing.ts'
import { protocolsOf } from '../../../src/network-worker/reqresp/protocols.ts'
import { beginClose } from '../../support/begin-close.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { startRelay } from '../../support/two-nodes.ts'
import { until } from '../../support/until.ts'
import { deafNode } from './deaf-node.ts'
import { NETWORK, type Row, type Scenario, type Scene, scene } from './reported-peer.ts'

/** Has a relay ask for the Status of a peer that answers by `answer`. */
async function asked({ relay, peer }: Scene, answer: (stream: Stream) => void): Promise<void> {
  const ids = protocolsOf('status').map(({ id }) => id)
  await peer.node.unhandle(ids)
  await peer.node.handle(ids, answer)
  await relay.control.connectPeer({ multiaddr: peer.address })
}

function answered(what: string, delta: number, answer: (stream: Stream) => void): Scenario {
  return {
    what: `a Status answered with ${what}`,
    delta,
    async play(stack) {
      const all = stack.use(await scene())
      await asked(all, answer)
      return { relay: all.relay, peerId: all.peer.peerId }
    },
  }
}

function refused(code: number, delta: number): Scenario {
  return answered(`result ${code}`, delta, (stream) => {
    stream.send(encodeErrorResponse(code, 'no'))
    beginClose(stream)
  })
}

const UNSUPPORTED: Scenario = {
  what: 'a peer that speaks no Req/Resp',
  delta: -100,
  async play(stack) {
    const { relay, peer } = stack.use(await scene({ reqResp: false }))
    await relay.control.connectPeer({ multiaddr: peer.address })
    return { relay, peerId: peer.peerId }
  },
}

const NEVER_NEGOTIATED: Scenario = {
  what: 'a peer that never agrees on a protocol',
  delta: -10,
  async play(stack) {
    const clock = new FakeClock(Date.now())
    const relay = stack.use(await startRelay({ config: { network: NETWORK }, clock }))
    const deaf = stack.use(await deafNode())
    await relay.control.connectPeer({ multiaddr: deaf.getMultiaddrs()[0]?.toString() ?? '' })
    await until('the connection', () => deaf.getConnections().length > 0)
    return { relay, peerId: deaf.peerId.toString(), clock }
  },
}

const NEVER_ANSWERED: Scenario = {
  what: 'a Status that is never answered',
  delta: -10,
  async play(stack) {
    const clock = new FakeClock(Date.now())
    const all = stack.use(await scene({}, clock))
    const { promise: request, resolve } = Promise.withResolvers<void>()
    await asked(all, () => resolve())
    await request
    return { relay: all.relay, peerId: all.peer.peerId, clock }
  },
}

const RUBBISH = Buffer.from('005cdeadbeefdeadbeefdeadbeef', 'hex')

export const REQUEST_ROWS: Readonly<Record<Extract<ReportReason, `request_${string}`>, Row>> = {
  request_unsupported: { word: 'rpc_invalid_response', by: [UNSUPPORTED] },
  request_negotiation_timeout: { word: 'rpc_timeout', by: [NEVER_NEGOTIATED] },
  request_timeout: { word: 'rpc_timeout', by: [NEVER_ANSWERED] },
  request_incomplete: {
    word: 'rpc_invalid_response',
    by: [answered('nothing', -5, (stream) => beginClose(stream))],
  },
  request_bad_response: {
    word: 'rpc_invalid_response',
    by: [answered('rubbish', -100, (stream) => void stream.send(RUBBISH))],
  },
  request_stream_error: {
    word: 'rpc_io_error',
    by: [answered('a reset', -10, (stream) => stream.abort(new Error('test')))],
  },
  request_answered_invalid_request: { word: 'rpc_invalid_request', by: [refused(1, -10)] },
  request_answered_server_error: { word: 'rpc_invalid_response', by: [refused(2, -5)] },
  request_answered_unavailable: { word: 'rpc_invalid_response', by: [refused(3, -100)] },
  request_answered_rate_limited: { word: 'rpc_rate_limited', by: [refused(139, -10)] },
  request_answered_blobs_not_found: { word: 'rpc_invalid_response', by: [refused(140, -10)] },
  request_answered_unknown_code: { word: 'rpc_invalid_response', by: [refused(77, -1)] },
}
