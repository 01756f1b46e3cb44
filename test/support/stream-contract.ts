/** What streams of any muxer do, whichever side dials. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { connected, everything, type Layers } from './stream-nodes.ts'
import { until } from './until.ts'

const PROTOCOL = '/echo/1'

/** @param leastBytes of the shortest message: 0 where a stream may carry nothing */
export function testStreams(
  [dialling, listening]: readonly [Layers, Layers],
  { leastBytes }: { readonly leastBytes: number },
): void {
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
    const sent = Array.from({ length: 200 }, (_, n) => randomBytes(100 * n + leastBytes))
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
