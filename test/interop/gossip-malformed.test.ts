import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { compressBlock } from '../../src/consensus/snappy/snappy-block.ts'
import { StarlingProcess } from '../support/starling-process.ts'
import { joinMesh, skip, startGoPeer, TRANSPORTS, topicOf } from './setup.ts'

const FLAGS = ['--validation', 'none', '--topics', 'none', '--attestation-subnets', '0']
const MESHSUB = '/meshsub/1.1.0'
/** Field numbers of pubsub's RPC and Message (libp2p pubsub specification, rpc.proto). */
const RPC_PUBLISH = 2
const FIELD = { from: 1, data: 2, seqno: 3, topic: 4, signature: 5, key: 6 } as const

function uvarint(value: number): number[] {
  const low = value % 0x80
  return value < 0x80 ? [low] : [low | 0x80, ...uvarint(Math.floor(value / 0x80))]
}

function bytesField(number: number, bytes: Uint8Array): Buffer {
  const lengthDelimited = 2
  return Buffer.concat([Buffer.from([...uvarint(number * 8 + lengthDelimited), ...uvarint(bytes.length)]), bytes])
}

/** A whole RPC with its length prefix, carrying one message. */
function publishRpc(fields: Readonly<Partial<Record<keyof typeof FIELD, Uint8Array>>>): Buffer {
  const message = Object.entries(fields).map(([name, bytes]) => bytesField(FIELD[name as keyof typeof FIELD], bytes))
  const rpc = bytesField(RPC_PUBLISH, Buffer.concat(message))
  return Buffer.concat([Buffer.from(uvarint(rpc.length)), rpc])
}

const MALFORMED: readonly { readonly name: string; readonly bytes: Buffer }[] = [
  { name: 'noise', bytes: Buffer.concat([Buffer.of(64), randomBytes(64)]) },
  { name: 'an RPC of 1 GiB announced', bytes: Buffer.from(uvarint(2 ** 30)) },
  { name: 'a length prefix that never ends', bytes: Buffer.alloc(16, 0xff) },
  { name: 'an RPC cut short', bytes: Buffer.concat([Buffer.of(100), randomBytes(10)]) },
  { name: 'a field longer than the RPC', bytes: Buffer.of(3, 0x12, 0x7f, 0x00) },
]

for (const transport of TRANSPORTS) {
  test(`malformed gossip over ${transport} does not keep the relay from its work`, { skip }, async (t) => {
    await using relay = await StarlingProcess.start({ flags: FLAGS })
    await using one = await startGoPeer(relay, { transports: [transport] })
    await using two = await startGoPeer(relay, { transports: [transport] })
    const topic = await topicOf(relay, 'beacon_attestation_0')
    await joinMesh(relay, transport, [topic], [one, two])
    for (const { name, bytes } of MALFORMED) {
      await t.test(name, async () => {
        await using attacker = await startGoPeer(relay, { transports: [transport] })
        await attacker.dial(relay.address(transport))
        const { reply } = await attacker.rawRequest(relay.peerId, MESHSUB, bytes)
        assert.equal(reply, '')
        const published = await one.publish(topic, { sizeBytes: 240 })
        await two.waitForMessage(published.id)
        assert.ok(relay.isRunning)
      })
    }
  })
}

test('messages that are signed or carry an author are not forwarded', { skip }, async () => {
  await using relay = await StarlingProcess.start({ flags: FLAGS })
  await using attacker = await startGoPeer(relay)
  await using receiver = await startGoPeer(relay)
  const topic = await topicOf(relay, 'beacon_attestation_0')
  await joinMesh(relay, 'tcp', [topic], [receiver])
  const message = () => ({ data: compressBlock(randomBytes(240)), topic: Buffer.from(topic) })
  const plain = message()
  const rpcs = [
    publishRpc({ ...message(), from: randomBytes(39) }),
    publishRpc({ ...message(), seqno: randomBytes(8) }),
    publishRpc({ ...message(), signature: randomBytes(64) }),
    publishRpc({ ...message(), key: randomBytes(36) }),
    publishRpc(plain),
  ]
  await attacker.dial(relay.address('tcp'))
  await attacker.rawRequest(relay.peerId, MESHSUB, Buffer.concat(rpcs))
  await receiver.waitForData(createHash('sha256').update(plain.data).digest('hex'))
  const arrived = receiver.events.filter(({ event }) => event === 'message')
  assert.equal(arrived.length, 1, 'only the message with neither author nor signature')
})
