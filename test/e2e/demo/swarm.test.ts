import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Swarm } from '../../../src/demo/swarm.ts'
import { systemClock } from '../../../src/shared/clock.ts'
import { DIGEST_HEX, eventually, PlainRelay } from './plain-relay.ts'

const NAMES = ['beacon_block', 'beacon_attestation_41', 'beacon_attestation_7', 'data_column_sidecar_3']
const PEERS = 8

async function startSwarm(): Promise<Swarm & AsyncDisposable> {
  const head = { slot: 3, root: new Uint8Array(32).fill(3) }
  const swarm = await Swarm.start({ clock: systemClock, digestHex: DIGEST_HEX, head: () => head })
  return Object.assign(swarm, { [Symbol.asyncDispose]: () => swarm.stop() })
}

test("peers connect, follow the relay's subscriptions, and receive by it what others publish", async () => {
  await using relay = await PlainRelay.start(NAMES)
  await using swarm = await startSwarm()
  swarm.join(relay.address)
  await eventually(() => swarm.connectedPeers === PEERS, 'all peers connected')
  await eventually(() => NAMES.every((name) => relay.subscriberCount(name) === PEERS), 'all peers subscribed')
  assert.deepEqual(swarm.subnets('beacon_attestation'), [7, 41])
  assert.deepEqual(swarm.subnets('data_column_sidecar'), [3])

  await eventually(() => relay.meshCount('beacon_block') === PEERS, 'all peers in the mesh')

  const messages = Array.from({ length: 10 }, (_, index) => new Uint8Array(100).fill(index))
  for (const ssz of messages) await swarm.publish('beacon_block', ssz)
  const { publishedMessages, expectedDeliveries } = swarm.tally.totals()
  assert.equal(publishedMessages, messages.length)
  assert.equal(expectedDeliveries, messages.length * (PEERS - 2))
  await eventually(() => swarm.tally.totals().deliveredMessages === expectedDeliveries, 'all messages delivered')
  assert.deepEqual(
    relay.received.map(({ ssz }) => ssz[0]).sort((a = 0, b = 0) => a - b),
    messages.map((ssz) => ssz[0]),
  )
})

test('peers come back after the relay hung up', async () => {
  await using relay = await PlainRelay.start(['beacon_block'])
  await using swarm = await startSwarm()
  swarm.join(relay.address)
  await eventually(() => swarm.connectedPeers === PEERS, 'all peers connected')
  await relay.hangUpAll()
  await eventually(() => swarm.connectedPeers < PEERS, 'peers noticed')
  await eventually(() => swarm.connectedPeers === PEERS, 'all peers connected again')
})

test('what is published without a connected peer is not counted', async () => {
  await using swarm = await startSwarm()
  await swarm.publish('beacon_block', new Uint8Array(100))
  assert.equal(swarm.tally.totals().publishedMessages, 0)
})
