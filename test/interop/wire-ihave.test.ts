import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { compressBlock } from '../../src/consensus/snappy/snappy-block.ts'
import { messageIdHex } from '../support/go-wire-peer.ts'
import { StarlingProcess } from '../support/starling-process.ts'
import { joinMesh, skip, startGoPeer, startWirePeer, topicOf } from './setup.ts'

const FLAGS = ['--validation', 'none', '--topics', 'none', '--attestation-subnets', '0']
const ATTESTATION = 'beacon_attestation_0'

test('the relay sends what it advertised to a peer outside its mesh that asks for it', { skip }, async () => {
  await using relay = await StarlingProcess.start({ flags: FLAGS })
  await using publisher = await startGoPeer(relay)
  await using outsider = await startWirePeer(relay, { refusesGrafts: true })
  const topic = await topicOf(relay, ATTESTATION)
  await outsider.send(relay.peerId, { subscribe: [topic] })
  await joinMesh(relay, 'tcp', [topic], [publisher])
  const { id, dataSha256 } = await publisher.publish(topic, { sizeBytes: 240 })

  const advert = await outsider.waitForRpc('IHAVE', ({ ihave }) => ihave?.some(({ ids }) => ids.includes(id)) === true)
  assert.equal(advert.rpc.ihave?.find(({ ids }) => ids.includes(id))?.topic, topic)
  assert.ok(
    outsider.received.every(({ rpc }) => rpc.publish === undefined),
    'nothing was sent unasked',
  )
  await outsider.send(relay.peerId, { iwant: [id] })
  const answer = await outsider.waitForRpc('the message', ({ publish }) => publish?.some((m) => m.id === id) === true)
  const data = Buffer.from(answer.rpc.publish?.[0]?.data ?? '', 'hex')
  assert.equal(createHash('sha256').update(data).digest('hex'), dataSha256)
})

test('the relay asks for what a peer advertises, and forwards it', { skip }, async () => {
  await using relay = await StarlingProcess.start({ flags: FLAGS })
  await using receiver = await startGoPeer(relay)
  await using outsider = await startWirePeer(relay, { refusesGrafts: true })
  const topic = await topicOf(relay, ATTESTATION)
  await outsider.send(relay.peerId, { subscribe: [topic] })
  await joinMesh(relay, 'tcp', [topic], [receiver])
  const ssz = randomBytes(240)
  const id = messageIdHex(topic, ssz)

  await outsider.send(relay.peerId, { ihave: [{ topic, ids: [id] }] })
  await outsider.waitForRpc('IWANT', ({ iwant }) => iwant?.includes(id) === true)
  await outsider.send(relay.peerId, { publish: [{ topic, data: Buffer.from(compressBlock(ssz)).toString('hex') }] })
  const received = await receiver.waitForMessage(id)
  assert.equal(received.from, relay.peerId)

  const before = outsider.received.length
  const unseen = messageIdHex(topic, randomBytes(240))
  await outsider.send(relay.peerId, { ihave: [{ topic, ids: [id, unseen] }] })
  const asked = await outsider.waitForRpc('second IWANT', ({ iwant }) => iwant !== undefined, { skip: before })
  assert.deepEqual(asked.rpc.iwant, [unseen], 'what is known is not asked for again')
})
