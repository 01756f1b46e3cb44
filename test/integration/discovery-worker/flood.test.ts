import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRandomPacket, encodePacket } from '@chainsafe/discv5/packet'
import { randomTarget, startDiscovery } from '../../support/discovery-node.ts'
import { startDiscv5Node } from '../../support/discv5-node.ts'
import { openStranger } from '../../support/udp-stranger.ts'
import { until } from '../../support/until.ts'

const PACKETS = 2000
/** Sent before the reader gets its turn, so that the system drops none. */
const BATCH = 100

test('a flood from one sender is limited to its quota, while others come through and lookups work', async () => {
  await using ours = await startDiscovery({ address: '127.1.4.1' })
  await using friend = await startDiscv5Node({ address: '127.1.4.2', bootnodes: [ours.settings.enr] })
  await friend.discv5.findRandomNode()
  await using attacker = await openStranger('127.1.4.3')
  const startedAtMs = performance.now()
  for (let sent = 0; sent < PACKETS; sent++) {
    const id = sent.toString(16).padStart(64, '0')
    await attacker.send(encodePacket(ours.nodeIdHex, createRandomPacket(id)), ours.address, ours.udpPort)
    if (sent % BATCH === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  await until('most of the flood was read', async () => (await ours.control.getView()).packetsIn > PACKETS * 0.9)
  const elapsedSeconds = (performance.now() - startedAtMs) / 1000
  const { packetsIn, droppedPackets } = await ours.control.getView()
  const limited = droppedPackets['address_quota'] ?? 0
  assert.ok(limited > packetsIn - 100 - 10 * (elapsedSeconds + 1), `${limited} of ${packetsIn} were limited`)
  assert.ok(attacker.received.length < 100, `${attacker.received.length} WHOAREYOU`)

  await using newcomer = await startDiscv5Node({ address: '127.1.4.4', bootnodes: [ours.settings.enr] })
  await newcomer.discv5.findRandomNode()
  assert.ok(newcomer.known().includes(friend.nodeIdHex) || newcomer.known().includes(ours.nodeIdHex))
  const { closest } = await ours.control.lookup(randomTarget())
  assert.equal(closest, 2)
})
