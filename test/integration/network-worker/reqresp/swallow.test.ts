/** Blocks that are asked for to come: how much did, and every way in which they do not. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { ssz } from '@lodestar/types'
import { FrameDecoder } from '../../../../src/consensus/snappy/snappy-frames.ts'
import { encodeErrorResponse, encodeResponse } from '../../../../src/network-worker/reqresp/codec/framing.ts'
import { MAX_SWALLOWED_BYTES, RESPONSE_MS } from '../../../../src/network-worker/reqresp/limits.ts'
import { systemClock } from '../../../../src/shared/clock.ts'
import { FakeClock } from '../../../support/fake-clock.ts'
import { until } from '../../../support/until.ts'
import { against, answering } from './asked-peer.ts'
import { openStreams, readAll, TRANSPORTS } from './nodes.ts'

const PROTOCOL = 'beacon_blocks_by_range/2'
const RANGE = { startSlot: 93, count: 8 }
/** As long as blocks of mainnet are. */
const CHUNK = encodeResponse(0, randomBytes(70_000))
const REQUEST_BYTES = 24

for (const transport of TRANSPORTS) {
  test(`${transport}: eight blocks come, are counted and leave nothing behind`, async () => {
    const chunks = Array.from({ length: RANGE.count }, () => CHUNK)
    await against(transport, PROTOCOL, answering(...chunks), systemClock, async ({ us, them }) => {
      assert.equal(await us.reqresp.swallowBlocks(them, RANGE), RANGE.count * CHUNK.length)
    })
  })

  test(`${transport}: the range is asked for as the specification has it`, async () => {
    let body: Uint8Array = new Uint8Array()
    const serve = async (stream: Parameters<typeof readAll>[0]): Promise<void> => {
      body = await readAll(stream)
      await stream.close()
    }
    await against(transport, PROTOCOL, serve, systemClock, async ({ us, them }) => {
      assert.equal(await us.reqresp.swallowBlocks(them, RANGE), 0)
    })
    assert.equal(body[0], REQUEST_BYTES)
    const frames = new FrameDecoder(REQUEST_BYTES).push(body.subarray(1))
    assert.ok(frames.status === 'done')
    assert.deepEqual(ssz.phase0.BeaconBlocksByRangeRequest.deserialize(frames.bytes), { ...RANGE, step: 1 })
  })

  for (const [what, protocol, answer, expected] of [
    ['a peer that does not serve blocks', 'ping/1', [], { kind: 'unsupported' }],
    ['a refusal', PROTOCOL, [encodeErrorResponse(3, 'gone')], { kind: 'error_response', resultCode: 3 }],
    ['more than anybody needs', PROTOCOL, [new Uint8Array(MAX_SWALLOWED_BYTES + 1)], { kind: 'bad_response' }],
  ] as const) {
    test(`${transport}: ${what} is an error that says so`, async () => {
      await against(transport, protocol, answering(...answer), systemClock, async ({ us, them }) => {
        const { kind, resultCode } = { resultCode: undefined, ...expected }
        await assert.rejects(us.reqresp.swallowBlocks(them, RANGE), { name: 'ReqRespError', kind, resultCode })
      })
    })
  }
}

test('an answer that trickles is given up when its time is over', async () => {
  const clock = new FakeClock()
  const begins = (stream: { send(bytes: Uint8Array): boolean }): void => void stream.send(CHUNK)
  await against('tcp+yamux', PROTOCOL, begins, clock, async ({ us, them }) => {
    const asked = assert.rejects(us.reqresp.swallowBlocks(them, RANGE), { kind: 'timeout' })
    await until('something of it', () => openStreams(us.node).some(({ writeStatus }) => writeStatus === 'closed'))
    clock.advance(RESPONSE_MS)
    await asked
  })
})
