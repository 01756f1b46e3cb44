/** What peers do wrong in requests and answers, over real connections. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Stream } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { encodeFrames } from '../../../src/consensus/snappy-frames.ts'
import { encodeErrorResponse } from '../../../src/network-worker/reqresp/framing.ts'
import { protocolsOf } from '../../../src/network-worker/reqresp/protocols.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { freshStatus } from '../../support/gossip-peer.ts'
import { until } from '../../support/until.ts'
import { comes, type Expected, isReported, reasonsOf, type Scene, scene } from './reported-peer.ts'

const PING = protocolsOf('ping')[0]?.id ?? ''
const INVALID_REQUEST = 'rpc_invalid_request'
/** Bytes of a ping that are none, and whether the writer closes behind them. */
const BAD_PINGS: readonly (readonly [string, Uint8Array, boolean, Expected])[] = [
  [
    'frames that do not decode',
    Buffer.from('08deadbeefdeadbeefdeadbeef', 'hex'),
    false,
    { word: INVALID_REQUEST, report: 'inbound_bad_frame', delta: -100 },
  ],
  ['a wrong length', Uint8Array.of(9), false, { word: INVALID_REQUEST, report: 'inbound_bad_length', delta: -100 }],
  [
    'bytes after the request',
    Buffer.concat([Uint8Array.of(8), encodeFrames(new Uint8Array(8)), Uint8Array.of(1)]),
    false,
    { word: INVALID_REQUEST, report: 'inbound_trailing_bytes', delta: -100 },
  ],
  ['an early end', Uint8Array.of(8), true, { word: INVALID_REQUEST, report: 'inbound_incomplete', delta: -5 }],
]

for (const [what, bytes, closes, expected] of BAD_PINGS) {
  test(`a ping with ${what}`, async () => {
    await using all = await scene()
    const { relay, peer } = all
    await comes(all)
    const stream = await peer.node.dialProtocol(multiaddr(relay.addresses[0]), PING)
    stream.send(bytes)
    if (closes) await stream.close()
    await isReported(relay, peer.peerId, expected)
  })
}

test('pings beyond the quota', async () => {
  await using all = await scene()
  const { relay, peer } = all
  await comes(all)
  for (let count = 0; count < 2; count++) await peer.reqResp.ping(relay.peerId)
  await assert.rejects(peer.reqResp.ping(relay.peerId))
  await isReported(relay, peer.peerId, { word: 'rpc_rate_limited', report: 'inbound_rate_limited', delta: -5 })
})

test('a request that does not come to its end in time', async () => {
  const clock = new FakeClock(Date.now())
  await using all = await scene({}, clock)
  const { relay, peer } = all
  await comes(all)
  const stream = await peer.node.dialProtocol(multiaddr(relay.addresses[0]), PING)
  stream.send(Uint8Array.of(8))
  await until('a report', async () => {
    clock.advance(500)
    return (await reasonsOf(relay, peer.peerId)).length > 0
  })
  await isReported(relay, peer.peerId, { word: 'rpc_timeout', report: 'inbound_timeout', delta: -10 })
})

/** Has a relay ask for the Status of a peer that answers by `answer`. */
async function asked({ relay, peer }: Scene, answer: (stream: Stream) => void): Promise<void> {
  const ids = protocolsOf('status').map(({ id }) => id)
  await peer.node.unhandle(ids)
  await peer.node.handle(ids, answer)
  await relay.control.connectPeer({ multiaddr: peer.address })
}

const INVALID_RESPONSE = 'rpc_invalid_response'
const ANSWERS: readonly (readonly [string, (stream: Stream) => void, Expected])[] = [
  ['result 1', refusal(1), { word: INVALID_REQUEST, report: 'request_answered_invalid_request', delta: -10 }],
  ['result 2', refusal(2), { word: INVALID_RESPONSE, report: 'request_answered_server_error', delta: -5 }],
  ['result 3', refusal(3), { word: INVALID_RESPONSE, report: 'request_answered_unavailable', delta: -100 }],
  ['result 139', refusal(139), { word: 'rpc_rate_limited', report: 'request_answered_rate_limited', delta: -10 }],
  ['result 140', refusal(140), { word: INVALID_RESPONSE, report: 'request_answered_blobs_not_found', delta: -10 }],
  ['result 77', refusal(77), { word: INVALID_RESPONSE, report: 'request_answered_unknown_code', delta: -1 }],
  [
    'rubbish',
    (stream) => void stream.send(Buffer.from('005cdeadbeefdeadbeefdeadbeef', 'hex')),
    { word: INVALID_RESPONSE, report: 'request_bad_response', delta: -100 },
  ],
  ['nothing', (stream) => void stream.close(), { word: INVALID_RESPONSE, report: 'request_incomplete', delta: -5 }],
  [
    'a reset',
    (stream) => stream.abort(new Error('test')),
    { word: 'rpc_io_error', report: 'request_stream_error', delta: -10 },
  ],
]

function refusal(code: number): (stream: Stream) => void {
  return (stream) => {
    stream.send(encodeErrorResponse(code, 'no'))
    void stream.close()
  }
}

for (const [what, answer, expected] of ANSWERS) {
  test(`a Status answered with ${what}`, async () => {
    await using all = await scene()
    await asked(all, answer)
    await isReported(all.relay, all.peer.peerId, expected)
  })
}

test('a Status that is never answered', async () => {
  const clock = new FakeClock(Date.now())
  await using all = await scene({}, clock)
  const { relay, peer } = all
  let isAsked = false
  await asked(all, () => {
    isAsked = true
  })
  await until('the request', () => isAsked)
  await until('a report', async () => {
    clock.advance(500)
    return (await reasonsOf(relay, peer.peerId)).length > 0
  })
  await isReported(relay, peer.peerId, { word: 'rpc_timeout', report: 'request_timeout', delta: -10 })
})

test('a peer that speaks no Req/Resp', async () => {
  await using all = await scene({ reqResp: false })
  await all.relay.control.connectPeer({ multiaddr: all.peer.address })
  const expected = { word: INVALID_RESPONSE, report: 'request_unsupported', delta: -100 } as const
  await isReported(all.relay, all.peer.peerId, expected)
})

test('a Status of another network', async () => {
  await using all = await scene({ status: () => freshStatus('deadbeef') })
  await comes(all)
  await all.peer.reqResp.status(all.relay.peerId)
  const expected = { word: 'status_unviable_fork', report: 'irrelevant_network', delta: -100 } as const
  await isReported(all.relay, all.peer.peerId, expected)
})

test('metadata that is impossible', async () => {
  await using all = await scene({ custodyGroupCount: 200 })
  await all.relay.control.connectPeer({ multiaddr: all.peer.address })
  const expected = { word: 'behaviour_penalty', report: 'bad_custody_count', delta: -100 } as const
  await isReported(all.relay, all.peer.peerId, expected)
})
