/** Copies that IDONTWANT spares the relay and its peers, as its metrics have them. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { compressBlock } from '../../src/consensus/snappy/snappy-block.ts'
import type { GoPeer } from '../support/go-peer.ts'
import { messageIdHex } from '../support/go-wire-peer.ts'
import { parseMetrics, seriesValue } from '../support/metrics-text.ts'
import { StarlingProcess } from '../support/starling-process.ts'
import { serialized, slotNow, unsignedBlock } from '../support/unsigned-block.ts'
import { eventually, joinByHand, joinMesh, skip, startGoPeer, startWirePeer, TRANSPORTS, topicOf } from './setup.ts'

const FLAGS = ['--topics', 'beacon_block', '--attestation-subnets', 'none', '--validation', 'none']
const BLOCK_BYTES = 120_000
/** 67 kB each on the wire: four times what a window of the stream and what the relay hands to it hold together. */
const BLOCKS = 30
const UNWANTED = 10

/** Copies that were spared in one direction, and their bytes. */
async function spared(relay: StarlingProcess, way: 'sent' | 'received') {
  const answer = await fetch(`${relay.api}/metrics`)
  const families = parseMetrics(await answer.text())
  const countOf = (unit: string): number =>
    seriesValue(families, `starling_gossip_spared_${way}_${unit}_total`) ?? assert.fail(`no ${unit}`)
  return { messages: countOf('messages'), bytes: countOf('bytes') }
}

async function publishBlocks(publisher: GoPeer, reader: GoPeer, topic: string): Promise<readonly string[]> {
  const ids: string[] = []
  for (let count = 0; count < BLOCKS; count++) {
    const { id } = await publisher.publish(topic, { sizeBytes: BLOCK_BYTES })
    await reader.waitForMessage(id)
    ids.push(id)
  }
  return ids
}

for (const transport of TRANSPORTS) {
  test(`blocks that wait for a peer over ${transport} come out when it says that it has them`, { skip }, async () => {
    await using relay = await StarlingProcess.start({ flags: FLAGS })
    const topic = await topicOf(relay, 'beacon_block')
    await using publisher = await startGoPeer(relay, { transports: [transport] })
    await using reader = await startGoPeer(relay, { transports: [transport] })
    await joinMesh(relay, transport, [topic], [publisher, reader])
    await using stalled = await joinByHand(relay, topic, { transport })
    await stalled.stall()
    const ids = await publishBlocks(publisher, reader, topic)
    assert.equal((await spared(relay, 'sent')).messages, 0)
    await stalled.send(relay.peerId, { idontwant: ids.slice(-UNWANTED) })
    await eventually('its blocks out', async () => (await spared(relay, 'sent')).messages === UNWANTED)
    const { bytes } = await spared(relay, 'sent')
    assert.ok(bytes > (UNWANTED * BLOCK_BYTES) / 2 && bytes < UNWANTED * BLOCK_BYTES, `${bytes} bytes`)
  })
}

test('what a peer had before our copy came, and did not send, is counted some seconds later', { skip }, async () => {
  await using relay = await StarlingProcess.start({ flags: FLAGS })
  const topic = await topicOf(relay, 'beacon_block')
  await using publisher = await startGoPeer(relay)
  await joinMesh(relay, 'tcp', [topic], [publisher])
  await using has = await joinByHand(relay, topic)
  await using sends = await joinByHand(relay, topic)
  const { genesisTimeSeconds, slotSeconds } = relay.network
  const times = { genesisTimeSeconds, slotDurationMs: slotSeconds * 1_000 }
  const block = unsignedBlock(times, slotNow(times))
  block.message.body.executionPayload.transactions = [randomBytes(60_000)]
  const ssz = serialized(block)
  const id = messageIdHex(topic, ssz)
  for (const peer of [has, sends]) await peer.send(relay.peerId, { idontwant: [id] })
  await publisher.publish(topic, { ssz })
  for (const peer of [has, sends]) {
    await peer.waitForRpc('IDONTWANT', ({ idontwant }) => idontwant?.includes(id) === true)
  }
  const data = Buffer.from(compressBlock(ssz)).toString('hex')
  await sends.send(relay.peerId, { publish: [{ topic, data }] })
  await eventually('one copy spared', async () => (await spared(relay, 'received')).messages === 1)
  const { bytes } = await spared(relay, 'received')
  assert.ok(bytes > data.length / 2 && bytes < data.length / 2 + 200, `${bytes} bytes`)
  assert.equal((await spared(relay, 'sent')).messages, 2)
})

test('explicit peers are told that the relay has a block, before the block', { skip }, async () => {
  await using relay = await StarlingProcess.start({ flags: FLAGS })
  const topic = await topicOf(relay, 'beacon_block')
  await using publisher = await startGoPeer(relay)
  await joinMesh(relay, 'tcp', [topic], [publisher])
  await using subject = await startWirePeer(relay)
  const added = await relay.request('POST', `/mesh/explicit/${subject.peerId}`)
  assert.equal(added.status, 200)
  // The refusal of a GRAFT says that the subscription before it was read.
  await subject.send(relay.peerId, { subscribe: [topic], graft: [topic] })
  await subject.waitForRpc('a refusal', ({ prune }) => prune !== undefined)
  const { id } = await publisher.publish(topic, { sizeBytes: BLOCK_BYTES })
  await subject.waitForRpc('the block', ({ publish }) => publish?.some((message) => message.id === id) === true)
  const order = subject.received.flatMap(({ rpc }) => [
    ...(rpc.idontwant?.includes(id) === true ? ['told'] : []),
    ...(rpc.publish?.some((message) => message.id === id) === true ? ['sent'] : []),
  ])
  assert.deepEqual(order, ['told', 'sent'])
})
