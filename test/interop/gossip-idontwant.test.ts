import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StarlingProcess } from '../support/starling-process.ts'
import { joinMesh, skip, startGoPeer, topicOf } from './setup.ts'

test('the relay tells its mesh that it has a large message, and says nothing of a small one', { skip }, async () => {
  const flags = ['--validation', 'none', '--topics', 'beacon_block', '--attestation-subnets', '0']
  await using relay = await StarlingProcess.start({ flags })
  await using one = await startGoPeer(relay)
  await using two = await startGoPeer(relay)
  const block = await topicOf(relay, 'beacon_block')
  const attestation = await topicOf(relay, 'beacon_attestation_0')
  await joinMesh(relay, 'tcp', [block, attestation], [one, two])

  const small = await one.publish(attestation, { sizeBytes: 240 })
  await two.waitForMessage(small.id)
  const large = await one.publish(block, { sizeBytes: 120_000 })
  await two.waitForUnwanted(large.id, relay.peerId)
  const named = two.events.flatMap((event) => (event.event === 'idontwant' ? event.ids : []))
  assert.ok(!named.includes(small.id))
})
