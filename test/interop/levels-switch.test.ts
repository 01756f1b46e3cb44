import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { GoSwarm } from '../support/go-swarm.ts'
import { loadLevel } from '../support/load-levels.ts'
import { StarlingProcess } from '../support/starling-process.ts'
import { eventually, GO_METADATA, relayMesh, skip, topicOf } from './setup.ts'

const FLAGS = ['--validation', 'none', '--topics', 'none', '--attestation-subnets', '0', '--no-quic']
const PEERS = 10
const DIALS = 6
const SWITCH_PERIOD_MS = 4_000
const SWITCHES = [1, 20, 5]
const RATE_PER_SECOND = 200

test('peers meshed among themselves lose nothing while the load goes 5 → 1 → 20 → 5', { skip }, async () => {
  await using relay = await StarlingProcess.start({ flags: FLAGS })
  const topic = await topicOf(relay, 'beacon_attestation_0')
  const view = { status: { forkDigest: topic.split('/')[2] ?? '' }, metadata: GO_METADATA }
  const address = relay.address('tcp')
  const gossip = { d: 6, dLow: 5, dHigh: 8 }
  await using swarm = await GoSwarm.start({
    peers: PEERS,
    degree: DIALS,
    relay: address,
    topics: [topic],
    view,
    gossip,
  })
  await eventually('a mesh', async () => (await relayMesh(relay, topic)).length >= loadLevel(5).meshLow)
  await eventually('links among the peers', async () => (await swarm.mesh(topic, relay.peerId)).fewestLinks >= 4)

  const stream = { name: '240 B', topics: [topic], ratePerSecond: RATE_PER_SECOND, shape: { sizeBytes: 240 } }
  const seconds = ((SWITCHES.length + 1) * SWITCH_PERIOD_MS) / 1000
  const traffic = swarm.run([stream], seconds, relay.network)
  for (const level of SWITCHES) {
    await delay(SWITCH_PERIOD_MS)
    assert.equal((await relay.request('PATCH', '/config', { network_load: level })).status, 200)
  }
  const { streams, missingByMember } = await traffic
  assert.equal(streams[0]?.published, seconds * RATE_PER_SECOND)
  assert.deepEqual(missingByMember, Array<number>(PEERS).fill(0))
  assert.ok((await relayMesh(relay, topic)).length <= loadLevel(5).meshHigh)
})
