/** Our yamux with the library's on the other side, each of them dialling; and with itself. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { connected, everything, type Layers } from '../../../support/stream-nodes.ts'
import { until } from '../../../support/until.ts'

const PROTOCOL = '/echo/1'
const PAIRS: readonly (readonly [Layers, Layers])[] = [
  ['own muxer', 'stock'],
  ['stock', 'own muxer'],
  ['own muxer', 'own muxer'],
  ['own both', 'stock'],
  ['stock', 'own both'],
  ['own both', 'own both'],
]

for (const [dialling, listening] of PAIRS) {
  const who = `${dialling} to ${listening}`

  test(`${who}: a long answer after the question's end, byte for byte`, async () => {
    const answer = randomBytes(3_000_000)
    await using all = await connected(dialling, listening, PROTOCOL, async (stream) => {
      const question = await everything(stream)
      assert.equal(question.toString(), 'all of it')
      stream.send(answer)
      await stream.close()
    })
    const stream = await all.open()
    const got = everything(stream)
    stream.send(Buffer.from('all of it'))
    await stream.close()
    assert.ok((await got).equals(answer))
    await until('no stream is left', () => all.openStreams().length === 0)
  })

  test(`${who}: 200 streams at once, each with its own bytes both ways`, async () => {
    await using all = await connected(dialling, listening, PROTOCOL, async (stream) => {
      stream.send(await everything(stream))
      await stream.close()
    })
    const sent = Array.from({ length: 200 }, (_, n) => randomBytes(100 * n))
    const got = await Promise.all(
      sent.map(async (bytes) => {
        const stream = await all.open()
        const answer = everything(stream)
        stream.send(bytes)
        await stream.close()
        return await answer
      }),
    )
    assert.ok(got.every((bytes, n) => bytes.equals(sent[n] ?? Buffer.alloc(0))))
    await until('no stream is left', () => all.openStreams().length === 0)
  })

  test(`${who}: a reset, from either side, ends one stream and leaves the others`, async () => {
    await using all = await connected(dialling, listening, PROTOCOL, (stream) => {
      stream.addEventListener('message', ({ data }) => {
        if (data.subarray()[0] === 0) stream.abort(new Error('not that'))
        else stream.send(data.subarray())
      })
    })
    const [refused, dropped, kept] = [await all.open(), await all.open(), await all.open()]
    const refusal = assert.rejects(everything(refused), { name: 'StreamResetError' })
    refused.send(Uint8Array.of(0))
    await refusal
    dropped.send(randomBytes(1_000_000))
    dropped.abort(new Error('never mind'))
    await until('only one stream', () => all.openStreams().length === 2)
    const echo = everything(kept)
    kept.send(Uint8Array.of(1, 2, 3))
    await until('the echo', () => kept.readBufferLength === 0 && kept.status === 'open')
    await kept.close()
    await until(
      'their end',
      () => all.far.getConnections()[0]?.streams.every((s) => s.remoteWriteStatus === 'closed') === true,
    )
    await all.far.getConnections()[0]?.streams[0]?.close()
    assert.deepEqual([...(await echo)], [1, 2, 3])
  })

  test(`${who}: a sender waits for a reader that pauses, and loses nothing`, async () => {
    const bytes = randomBytes(2_000_000)
    const { promise, resolve } = Promise.withResolvers<Buffer>()
    await using all = await connected(dialling, listening, PROTOCOL, async (stream) => {
      stream.pause()
      const got = everything(stream)
      setTimeout(() => stream.resume(), 100)
      resolve(await got)
      await stream.close()
    })
    const stream = await all.open()
    assert.equal(stream.send(bytes), false)
    await stream.close()
    assert.ok((await promise).equals(bytes))
  })
}
