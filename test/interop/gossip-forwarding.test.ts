import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { GoPeer } from '../support/go-peer.ts'
import { StarlingProcess } from '../support/starling-process.ts'
import { joinMesh, skip, startGoPeer, TRANSPORTS, topicOf } from './setup.ts'

const FLAGS = ['--validation', 'none', '--topics', 'beacon_block', '--attestation-subnets', '0']

/** Publishes at one peer and demands the same message, byte for byte and under the same id, at the other. */
async function assertForwarded(from: GoPeer, to: GoPeer, relayId: string, topic: string, sizeBytes: number) {
  const published = await from.publish(topic, { sizeBytes })
  const received = await to.waitForMessage(published.id)
  assert.equal(received.topic, topic)
  assert.equal(received.from, relayId, 'the two Go peers are not connected to each other')
  assert.equal(received.dataSha256, published.dataSha256, 'compressed bytes changed on the way')
  assert.equal(received.sizeBytes, published.sizeBytes)
  assert.equal(received.sszBytes, sizeBytes)
}

for (const transport of TRANSPORTS) {
  test(`the relay forwards between Go peers over ${transport}, unchanged and under the same id`, { skip }, async () => {
    await using relay = await StarlingProcess.start({ flags: FLAGS })
    await using one = await startGoPeer(relay, { transports: [transport] })
    await using two = await startGoPeer(relay, { transports: [transport] })
    const block = await topicOf(relay, 'beacon_block')
    const attestation = await topicOf(relay, 'beacon_attestation_0')
    await joinMesh(relay, transport, [block, attestation], [one, two])

    await assertForwarded(one, two, relay.peerId, attestation, 240)
    await assertForwarded(two, one, relay.peerId, attestation, 240)
    await assertForwarded(one, two, relay.peerId, block, 120_000)
    await assertForwarded(two, one, relay.peerId, block, 120_000)
  })
}

for (const layers of ['own', 'stock'] as const) {
  test(`the relay bridges TCP and QUIC, on ${layers} layers`, { skip }, async () => {
    await using relay = await StarlingProcess.start({ flags: [...FLAGS, '--layers', layers] })
    await using tcp = await startGoPeer(relay, { transports: ['tcp'] })
    await using quic = await startGoPeer(relay, { transports: ['quic'] })
    const block = await topicOf(relay, 'beacon_block')
    const attestation = await topicOf(relay, 'beacon_attestation_0')
    await joinMesh(relay, 'tcp', [block, attestation], [tcp])
    await joinMesh(relay, 'quic', [block, attestation], [quic])
    for (const [from, to] of [
      [tcp, quic],
      [quic, tcp],
    ] as const) {
      await assertForwarded(from, to, relay.peerId, attestation, 240)
      await assertForwarded(from, to, relay.peerId, block, 120_000)
      await assertForwarded(from, to, relay.peerId, block, 2 * 1024 * 1024)
    }
  })
}

test('a block of several megabytes gets through', { skip }, async () => {
  await using relay = await StarlingProcess.start({ flags: FLAGS })
  await using one = await startGoPeer(relay)
  await using two = await startGoPeer(relay)
  const block = await topicOf(relay, 'beacon_block')
  await joinMesh(relay, 'tcp', [block], [one, two])
  await assertForwarded(one, two, relay.peerId, block, 8 * 1024 * 1024)
})
