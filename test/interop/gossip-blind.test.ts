import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ssz } from '@lodestar/types'
import { StarlingProcess } from '../support/starling-process.ts'
import { type BlockTimes, serialized, slotNow, unsignedBlock } from '../support/unsigned-block.ts'
import { joinMesh, skip, startGoPeer, topicOf } from './setup.ts'

function timesOf({ network: { genesisTimeSeconds, slotSeconds } }: StarlingProcess): BlockTimes {
  return { genesisTimeSeconds, slotDurationMs: slotSeconds * 1_000 }
}

function attestationAt(slot: number, attester: number): Uint8Array {
  const attestation = ssz.electra.SingleAttestation.defaultValue()
  attestation.attesterIndex = attester
  attestation.data.slot = slot
  attestation.data.target.epoch = Math.floor(slot / 32)
  return ssz.electra.SingleAttestation.serialize(attestation)
}

function blockAt(relay: StarlingProcess, slot: number): Uint8Array {
  return serialized(unsignedBlock(timesOf(relay), slot))
}

test('with its default validation the relay forwards what fits the slot and holds the rest back', {
  skip,
}, async () => {
  await using relay = await StarlingProcess.start({ flags: ['--attestation-subnets', '0'] })
  await using one = await startGoPeer(relay)
  await using two = await startGoPeer(relay)
  const block = await topicOf(relay, 'beacon_block')
  const attestation = await topicOf(relay, 'beacon_attestation_0')
  await joinMesh(relay, 'tcp', [block, attestation], [one, two])

  const slot = slotNow(timesOf(relay))
  const held = [
    await one.publish(attestation, { ssz: attestationAt(slot + 1000, 1) }),
    await one.publish(attestation, { ssz: attestationAt(slot, 2).subarray(1) }),
    await one.publish(attestation, { raw: Buffer.from('no snappy at all') }),
    await one.publish(block, { ssz: blockAt(relay, slot + 1000) }),
  ]
  const sound = [
    await one.publish(attestation, { ssz: attestationAt(slot, 3) }),
    await one.publish(block, { ssz: blockAt(relay, slot) }),
  ]
  for (const { id } of sound) await two.waitForMessage(id)
  const arrived = two.events.flatMap((event) => (event.event === 'message' ? [event.id] : []))
  assert.deepEqual(arrived.toSorted(), sound.map(({ id }) => id).toSorted())
  for (const { id } of held) assert.ok(!arrived.includes(id))
})
