/** A relay that was told of a narrow uplink, and Go peers: blocks come to one after the other, and whole. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { GoPeer } from '../support/go-peer.ts'
import { parseMetrics, seriesValue } from '../support/metrics-text.ts'
import { StarlingProcess } from '../support/starling-process.ts'
import { joinMesh, skip, startGoPeer, TRANSPORTS, topicOf } from './setup.ts'

const FLAGS = ['--topics', 'beacon_block', '--attestation-subnets', 'none', '--validation', 'none']
const MBITS = 16
const BLOCK_BYTES = 120_000
/** 67 kB on the wire at 16 Mbit. */
const COPY_MS = 35
const BLOCKS = 3
const READERS = 4
/** All copies but the first, which leaves at once. */
const WAITING = BLOCKS * READERS - 1

async function heldMs(reader: GoPeer, id: string): Promise<number> {
  await reader.waitForMessage(id)
  return performance.now()
}

for (const transport of TRANSPORTS) {
  test(`copies leave one by one over ${transport} when the uplink is narrow`, { skip }, async () => {
    await using stack = new AsyncDisposableStack()
    const relay = stack.use(await StarlingProcess.start({ flags: [...FLAGS, '--uplink-mbits', String(MBITS)] }))
    const topic = await topicOf(relay, 'beacon_block')
    const peers: GoPeer[] = []
    for (let count = 0; count <= READERS; count++) {
      peers.push(stack.use(await startGoPeer(relay, { transports: [transport] })))
    }
    await joinMesh(relay, transport, [topic], peers)
    const [publisher, ...readers] = peers
    assert.ok(publisher !== undefined)

    const held: Promise<number>[] = []
    for (let count = 0; count < BLOCKS; count++) {
      const { id } = await publisher.publish(topic, { sizeBytes: BLOCK_BYTES })
      held.push(...readers.map((reader) => heldMs(reader, id)))
    }
    const times = (await Promise.all(held)).sort((one, other) => one - other)
    const spreadMs = (times.at(-1) ?? 0) - (times[0] ?? 0)
    assert.ok(spreadMs > (WAITING - 1) * COPY_MS, `all of them within ${spreadMs} ms`)

    const metrics = parseMetrics(await (await fetch(`${relay.api}/metrics`)).text())
    assert.equal(seriesValue(metrics, 'starling_gossip_uplink_waited_messages_total'), WAITING)
    assert.equal(seriesValue(metrics, 'starling_gossip_uplink_waiting_bytes'), 0)
  })
}
