/** A relay on the libraries' layers beside one on its own: what one sends the other understands, over either transport. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RelayConfig } from '../../../src/config/schema.ts'
import { createForkSchedule } from '../../../src/consensus/fork-schedule.ts'
import { formatTopic } from '../../../src/consensus/topic.ts'
import { AGENT_VERSION } from '../../../src/shared/version.ts'
import { freshStatus, GossipPeer } from '../../support/gossip-peer.ts'
import { relayNetwork } from '../../support/relay-config.ts'
import { meshOf, type RunningRelay, startRelay } from '../../support/two-nodes.ts'
import { until } from '../../support/until.ts'
import { blockOf, currentSlot } from './gossip-scene.ts'

/** What a block of mainnet has, and more than a window of either muxer. */
const BLOCK_BYTES = [120_000, 600_000]

function addressOf({ addresses }: RunningRelay, transport: 'tcp' | 'quic'): string {
  return addresses.find((address) => address.includes(transport === 'tcp' ? '/tcp/' : '/quic-v1')) ?? ''
}

/** Connected over a transport, known to each other by identify and Req/Resp, and in one mesh. */
async function join(dialler: RunningRelay, listener: RunningRelay, transport: 'tcp' | 'quic', topic: string) {
  await dialler.control.connectPeer({ multiaddr: addressOf(listener, transport) })
  for (const [near, far] of [
    [dialler, listener],
    [listener, dialler],
  ] as const) {
    await until('a peer that has said who it is, and has answered a ping', async () => {
      const view = (await near.control.listPeers()).find(({ peer_id }) => peer_id === far.peerId)
      return view?.client === AGENT_VERSION && view.rtt_verified
    })
    await until('a mesh of two', async () => (await meshOf(near, topic)).includes(far.peerId))
  }
  const { address } = await dialler.control.getPeer(listener.peerId)
  assert.equal(address.includes('/quic-v1'), transport === 'quic', address)
}

for (const transport of ['tcp', 'quic'] as const) {
  for (const dials of ['own', 'stock'] as const) {
    test(`${transport}, ${dials} layers dial: identify, ping and blocks, both ways`, async () => {
      const network = relayNetwork({ slotDurationMs: 1000 })
      const { digestHex } = createForkSchedule(network).at(0)
      const topic = formatTopic(digestHex, 'beacon_block')
      await using started = new AsyncDisposableStack()
      const begin = async (layers: RelayConfig['layers']): Promise<RunningRelay> =>
        started.use(await startRelay({ config: { network, layers, quic: true } }))
      const publisherAt = async (relay: RunningRelay): Promise<GossipPeer> => {
        const peer = started.use(await GossipPeer.start({ status: () => freshStatus(digestHex) }))
        peer.subscribe(topic)
        await peer.dial(addressOf(relay, 'tcp'))
        await peer.meshedWith(relay.peerId, topic)
        return peer
      }
      const [own, stock] = [await begin('own'), await begin('stock')]
      await join(dials === 'own' ? own : stock, dials === 'own' ? stock : own, transport, topic)
      const [atOwn, atStock] = [await publisherAt(own), await publisherAt(stock)]

      let seed = 0
      for (const [from, to] of [
        [atOwn, atStock],
        [atStock, atOwn],
      ] as const) {
        for (const bytes of BLOCK_BYTES) {
          const block = blockOf(network, currentSlot(network), ++seed, bytes)
          const known = to.received.length
          await from.publish(topic, block)
          await until('the block behind both relays', () => to.received.length > known)
          assert.deepEqual(Buffer.from(to.received[known]?.data ?? []), Buffer.from(block))
        }
      }
      const offences = [...own.log, ...stock.log].filter(({ msg }) => msg === 'peer says goodbye')
      assert.deepEqual(offences, [])
      assert.equal(
        own.log.some(({ layers }) => layers === 'stock'),
        false,
      )
      assert.equal(
        stock.log.some(({ level, layers }) => level === 40 && layers === 'stock'),
        true,
        'it is warned of',
      )
    })
  }
}
