/**
 * rust-libp2p at the other end of ours, on TCP (its noise and yamux) and on QUIC: the relay that Starling is measured beside,
 * as far as a bench has built it, for a test does not compile it. It only listens, so it is dialled.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isRelayBuilt } from '../../bench/peers/build.ts'
import { RelayProcess } from '../../bench/peers/relay-process.ts'
import { GoPeer } from '../support/go-peer.ts'
import { StarlingProcess } from '../support/starling-process.ts'
import { eventually, skip as noGo, relayMesh, TRANSPORTS, topicOf } from './setup.ts'

const skip = noGo || (!isRelayBuilt('rust') && 'the rust relay is not built: a bench builds it')
const FLAGS = ['--validation', 'none', '--topics', 'beacon_block', '--attestation-subnets', '0']
const SLOT_SECONDS = 12

/** The end of a multiaddr. */
function peerIdOf(address: string): string {
  return address.slice(address.lastIndexOf('/') + 1)
}

/** A Rust relay on a transport, in Starling's mesh of each topic, with a Go peer behind it. */
async function behindRust(
  relay: StarlingProcess,
  transport: 'tcp' | 'quic',
  topics: readonly string[],
  started: AsyncDisposableStack,
): Promise<GoPeer> {
  const rust = started.use(await RelayProcess.start('rust', { transport, topics, slotSeconds: SLOT_SECONDS }))
  const rustId = peerIdOf(rust.address)
  // It speaks no Req/Resp; whom the operator trusts may be as silent as he likes.
  const { status, body } = await relay.request('POST', '/peers/trusted', { multiaddr: rust.address })
  assert.equal(status, 200, JSON.stringify(body))
  for (const topic of topics) {
    await eventually(`the rust relay in the mesh of ${topic}`, async () =>
      (await relayMesh(relay, topic)).includes(rustId),
    )
  }
  const peer = started.use(await GoPeer.start({ transports: [transport] }))
  await peer.subscribe(...topics)
  await peer.dial(rust.address)
  for (const topic of topics) await peer.waitForMesh('graft', topic, rustId)
  return peer
}

test('blocks and votes go through rust, us and rust, from TCP to QUIC and back', { skip }, async () => {
  await using started = new AsyncDisposableStack()
  const relay = started.use(await StarlingProcess.start({ flags: FLAGS }))
  const topics = [await topicOf(relay, 'beacon_block'), await topicOf(relay, 'beacon_attestation_0')] as const
  const [block, attestation] = topics
  const peers: GoPeer[] = []
  for (const transport of TRANSPORTS) peers.push(await behindRust(relay, transport, topics, started))
  const [overTcp, overQuic] = peers
  assert.ok(overTcp !== undefined && overQuic !== undefined)

  for (const [from, to] of [
    [overTcp, overQuic],
    [overQuic, overTcp],
  ] as const) {
    for (const [topic, sizeBytes, count] of [
      [block, 120_000, 3],
      [attestation, 240, 50],
    ] as const) {
      const published = await Promise.all(Array.from({ length: count }, () => from.publish(topic, { sizeBytes })))
      for (const { id, dataSha256 } of published) {
        const received = await to.waitForMessage(id)
        assert.deepEqual([received.topic, received.dataSha256], [topic, dataSha256])
      }
    }
  }
  assert.ok(relay.isRunning)
})
