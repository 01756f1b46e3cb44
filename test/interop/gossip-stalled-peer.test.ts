import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StarlingProcess } from '../support/starling-process.ts'
import { eventually, joinMesh, skip, startGoPeer, TRANSPORTS, topicOf } from './setup.ts'

/** 27 MB on the wire: more than sockets, stream windows and the relay's queue for one peer hold. */
const BLOCKS = 400
const BLOCK_BYTES = 120_000
/** How long the awakened peer gets for one block before the next is tried. */
const TRY_MS = 500

for (const transport of TRANSPORTS) {
  test(`a peer that stops reading over ${transport} costs the others nothing and recovers`, { skip }, async () => {
    await using relay = await StarlingProcess.start({ flags: ['--validation', 'none', '--topics', 'beacon_block'] })
    await using publisher = await startGoPeer(relay, { transports: [transport] })
    await using reader = await startGoPeer(relay, { transports: [transport] })
    await using stalled = await startGoPeer(relay, { transports: [transport] })
    const topic = await topicOf(relay, 'beacon_block')
    await joinMesh(relay, transport, [topic], [publisher, reader, stalled])

    process.kill(stalled.pid, 'SIGSTOP')
    try {
      for (let count = 0; count < BLOCKS; count++) {
        const { id } = await publisher.publish(topic, { sizeBytes: BLOCK_BYTES })
        await reader.waitForMessage(id)
      }
    } finally {
      process.kill(stalled.pid, 'SIGCONT')
    }
    await eventually('a new block at the peer that had stalled', async () => {
      const { id } = await publisher.publish(topic, { sizeBytes: BLOCK_BYTES })
      const got = stalled.waitForMessage(id, TRY_MS)
      return await got.then(Boolean, () => false)
    })
    const arrived = stalled.events.filter(({ event }) => event === 'message').length
    assert.ok(arrived < BLOCKS, 'the relay kept everything for a peer that did not read')
    assert.ok(relay.isRunning)
  })
}
