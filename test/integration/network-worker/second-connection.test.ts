import assert from 'node:assert/strict'
import { test } from 'node:test'
import { multiaddr } from '@multiformats/multiaddr'
import { createForkSchedule } from '../../../src/consensus/fork-schedule.ts'
import { freshStatus, GossipPeer } from '../../support/gossip-peer.ts'
import { relayNetwork } from '../../support/relay-config.ts'
import { startRelay } from '../../support/two-nodes.ts'
import { until } from '../../support/until.ts'

test('a peer whose first connection is gone is shown where its second one comes from', async () => {
  const network = relayNetwork()
  const { digestHex } = createForkSchedule(network).at(0)
  await using relay = await startRelay({ config: { network } })
  await using peer = await GossipPeer.start({ status: () => freshStatus(digestHex) })
  let identified = 0
  peer.node.addEventListener('peer:identify', () => identified++)
  const shown = async (): Promise<string | undefined> =>
    (await relay.control.listPeers()).find(({ peer_id }) => peer_id === peer.peerId)?.address

  const address = multiaddr(relay.addresses[0] ?? '')
  const first = await peer.node.dial(address)
  await until('the first', async () => identified === 1 && (await shown()) !== undefined)
  const before = await shown()
  await peer.node.dial(address, { force: true })
  await until('the second', () => identified === 2)
  assert.equal(await shown(), before)

  await first.close()
  await until('the second alone', async () => (await shown()) !== before)
  assert.match((await shown()) ?? '', /^\/ip4\/127\.0\.0\.1\/tcp\/\d+$/)
})
