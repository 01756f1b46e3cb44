/** Our yamux with the library's on the other side, each of them dialling; and with itself. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { testStreams } from '../../../support/stream-contract.ts'
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

  testStreams([dialling, listening], { leastBytes: 0 })

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
}
