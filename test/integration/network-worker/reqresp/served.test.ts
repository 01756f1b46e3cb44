import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Stream } from '@libp2p/interface'
import { encodeRequest } from '../../../../src/network-worker/reqresp/codec/framing.ts'
import type { AnswerServed } from '../../../../src/network-worker/reqresp/types.ts'
import { FakeClock } from '../../../support/fake-clock.ts'
import { until } from '../../../support/until.ts'
import { bareNode, connect, openStreams, peer, readAll, TRANSPORTS } from './nodes.ts'

const ID = '/eth2/beacon_chain/req/beacon_blocks_by_range/2/ssz_snappy'
const REQUEST = encodeRequest(new Uint8Array(24))
const CHUNKS = 4
/** Far more than sockets and windows take. */
const UNREAD_CHUNKS = 12
const CHUNK_BYTES = 1_000_000
/** Steps of real and of told time in which all would be made, as far as the pace of all answers goes. */
const STEPS = 30
const STEP_MS = 10
const TOLD_STEP_MS = 120

/** Answers each request with a few megabytes, and counts those that were made and those that came to an end. */
function bigAnswers(chunkCount: number) {
  const counts = { made: 0, ended: 0 }
  async function* chunks(): AsyncGenerator<Uint8Array> {
    try {
      for (let i = 0; i < chunkCount; i++) {
        counts.made++
        yield new Uint8Array(CHUNK_BYTES).fill(i)
      }
    } finally {
      counts.ended++
    }
  }
  const answer: AnswerServed = () => ({ objects: chunkCount, cost: chunkCount, chunks: chunks() })
  return { counts, answer }
}

/** A reader that asks and does not read: nothing is granted beyond the first window. */
async function askWithoutReading(stream: Stream): Promise<void> {
  stream.pause()
  stream.send(REQUEST)
  await stream.close()
}

for (const transport of TRANSPORTS) {
  test(`${transport}: an answer of some megabytes comes whole`, async () => {
    const { counts, answer } = bigAnswers(CHUNKS)
    await using us = await peer(transport, undefined, undefined, answer)
    const other = await bareNode(transport)
    try {
      const stream = await (await connect(other, us.node)).newStream(ID)
      const reading = readAll(stream)
      stream.send(REQUEST)
      await stream.close()
      const bytes = await reading
      assert.equal(bytes.length, CHUNKS * CHUNK_BYTES)
      for (let i = 0; i < CHUNKS; i++) assert.equal(bytes[i * CHUNK_BYTES + 77], i)
      assert.deepEqual(counts, { made: CHUNKS, ended: 1 })
      await until('the end of the stream', () => openStreams(us.node).length === 0)
    } finally {
      await other.stop()
    }
  })
}

test('an answer that is not read is not made, and is given up after its time', async () => {
  const clock = new FakeClock()
  const { counts, answer } = bigAnswers(UNREAD_CHUNKS)
  await using us = await peer('tcp+yamux', undefined, clock, answer)
  const other = await bareNode('tcp+yamux')
  try {
    const stream = await (await connect(other, us.node)).newStream(ID)
    await askWithoutReading(stream)
    await until('the first object', () => counts.made > 0)
    for (let i = 0; i < STEPS; i++) {
      await sleep(STEP_MS)
      clock.advance(TOLD_STEP_MS)
    }
    // A window or two of the stream, which may have grown meanwhile.
    assert.ok(counts.made < UNREAD_CHUNKS / 3, `${counts.made} made`)
    assert.equal(counts.ended, 0)
    clock.advance(10_000)
    await until('the end of the answer', () => counts.ended === 1)
    await until('the reset', () => stream.status === 'reset')
  } finally {
    await other.stop()
  }
})

test('a stop in the midst of an answer ends it', async () => {
  const { counts, answer } = bigAnswers(UNREAD_CHUNKS)
  await using us = await peer('tcp+yamux', undefined, undefined, answer)
  const other = await bareNode('tcp+yamux')
  try {
    await askWithoutReading(await (await connect(other, us.node)).newStream(ID))
    await until('the first object', () => counts.made > 0)
    await us.reqresp.stop()
    await until('the end of the answer', () => counts.ended === 1)
    assert.ok(counts.made < UNREAD_CHUNKS)
  } finally {
    await other.stop()
  }
})
