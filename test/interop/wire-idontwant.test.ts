import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { compressBlock } from '../../src/consensus/snappy/snappy-block.ts'
import { messageIdHex } from '../support/go-wire-peer.ts'
import { StarlingProcess } from '../support/starling-process.ts'
import { serialized, slotNow, unsignedBlock } from '../support/unsigned-block.ts'
import { joinByHand, joinMesh, skip, startGoPeer, topicOf } from './setup.ts'

const FLAGS = ['--topics', 'beacon_block', '--attestation-subnets', 'none']
/** From this size on, compressed, the relay announces what it has. */
const ANNOUNCED_BYTES = 2048

/** A block whose payload is of another second than its slot. */
function wrongBlock({ network: { genesisTimeSeconds, slotSeconds } }: StarlingProcess, slotsAhead = 0): Uint8Array {
  const times = { genesisTimeSeconds, slotDurationMs: slotSeconds * 1_000 }
  const block = unsignedBlock(times, slotNow(times) + slotsAhead)
  block.message.body.executionPayload.timestamp++
  block.message.body.executionPayload.transactions = [randomBytes(60_000)]
  return serialized(block)
}

/** Noise whose snappy form has exactly so many bytes. */
function noiseOfCompressedSize(bytes: number): Buffer {
  for (let length = bytes - 1; length > 0; length--) {
    const ssz = randomBytes(length)
    if (compressBlock(ssz).length === bytes) return ssz
  }
  throw new Error(`no noise compresses to ${bytes} bytes`)
}

const hexOf = (ssz: Uint8Array): string => Buffer.from(compressBlock(ssz)).toString('hex')

test('IDONTWANT names what is refused for good as well, and not what may be right later', { skip }, async () => {
  await using relay = await StarlingProcess.start({ flags: [...FLAGS, '--validation', 'blind'] })
  const topic = await topicOf(relay, 'beacon_block')
  await using sender = await joinByHand(relay, topic)
  await using other = await joinByHand(relay, topic)
  const [early, wrong] = [wrongBlock(relay, 2), wrongBlock(relay)]
  const id = messageIdHex(topic, wrong)
  for (const ssz of [early, wrong]) await sender.send(relay.peerId, { publish: [{ topic, data: hexOf(ssz) }] })
  await other.waitForRpc('IDONTWANT', ({ idontwant }) => idontwant?.includes(id) === true)
  assert.deepEqual(
    other.received.flatMap(({ rpc }) => rpc.idontwant ?? []),
    [id],
  )
  assert.ok(other.received.every(({ rpc }) => rpc.publish === undefined))
  assert.ok(
    sender.received.every(({ rpc }) => rpc.idontwant === undefined),
    'its sender knows',
  )
})

test('IDONTWANT begins at exactly 2048 bytes on the wire', { skip }, async () => {
  await using relay = await StarlingProcess.start({ flags: [...FLAGS, '--validation', 'none'] })
  const topic = await topicOf(relay, 'beacon_block')
  await using sender = await joinByHand(relay, topic)
  await using other = await joinByHand(relay, topic)
  const small = noiseOfCompressedSize(ANNOUNCED_BYTES - 1)
  const large = noiseOfCompressedSize(ANNOUNCED_BYTES)
  for (const ssz of [small, large]) await sender.send(relay.peerId, { publish: [{ topic, data: hexOf(ssz) }] })
  const largeId = messageIdHex(topic, large)
  await other.waitForRpc('the large message', ({ publish }) => publish?.some(({ id }) => id === largeId) === true)
  const named = other.received.flatMap(({ rpc }) => rpc.idontwant ?? [])
  assert.deepEqual(named, [largeId])
})

test('a message that a peer does not want goes to the others only', { skip }, async () => {
  await using relay = await StarlingProcess.start({ flags: [...FLAGS, '--validation', 'none'] })
  const topic = await topicOf(relay, 'beacon_block')
  await using publisher = await startGoPeer(relay)
  await using receiver = await startGoPeer(relay)
  await joinMesh(relay, 'tcp', [topic], [publisher, receiver])
  await using unwilling = await joinByHand(relay, topic)
  const [unwanted, wanted] = [randomBytes(60_000), randomBytes(60_000)]
  const ids = [unwanted, wanted].map((ssz) => messageIdHex(topic, ssz))
  await unwilling.send(relay.peerId, { idontwant: ids.slice(0, 1), ihave: [{ topic, ids: ['00'.repeat(20)] }] })
  await unwilling.waitForRpc('IWANT, the sign that the RPC was read', ({ iwant }) => iwant !== undefined)
  for (const ssz of [unwanted, wanted]) {
    const { id } = await publisher.publish(topic, { ssz })
    await receiver.waitForMessage(id)
  }
  await unwilling.waitForRpc('the other message', ({ publish }) => publish?.some(({ id }) => id === ids[1]) === true)
  const got = unwilling.received.flatMap(({ rpc }) => rpc.publish ?? []).map(({ id }) => id)
  assert.deepEqual(got, ids.slice(1))
})
