import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RelayError } from '../../../src/shared/errors.ts'
import { discoverySettings, startDiscovery } from '../../support/discovery-node.ts'
import { eth2Field, startDiscv5Node } from '../../support/discv5-node.ts'
import { until } from '../../support/until.ts'

test('a new record of ours reaches the nodes that know us, and whoever asks', async () => {
  await using ours = await startDiscovery({ address: '127.1.5.1' })
  const bootnodes = [ours.settings.enr]
  await using friend = await startDiscv5Node({ address: '127.1.5.2', bootnodes })
  await using other = await startDiscv5Node({ address: '127.1.5.3', bootnodes })
  await friend.discv5.findRandomNode()
  await other.discv5.findRandomNode()
  await until('both are in our table', async () => (await ours.control.getView()).connectedNodes === 2)

  const changed = ours.changedRecord(7n, 'eth2', eth2Field('01020304'))
  await ours.control.setLocalRecord(changed)
  const seqAt = (node: typeof friend) => node.discv5.getKadValue(ours.nodeIdHex)?.seq
  await until('both have the new record', () => seqAt(friend) === 7n && seqAt(other) === 7n)
  assert.equal(friend.discv5.getKadValue(ours.nodeIdHex)?.encodeTxt(), changed)

  await using stranger = await startDiscv5Node({ address: '127.1.5.4', bootnodes: [changed] })
  const us = stranger.discv5.getKadValue(ours.nodeIdHex) ?? assert.fail('no bootnode')
  const [answer] = await stranger.discv5.sendFindNode(us, [0])
  assert.equal(answer?.encodeTxt(), changed)
})

test('what is no record, an older one, or not ours is refused', async () => {
  await using ours = await startDiscovery({ address: '127.1.5.5' })
  const refused = async (text: string) =>
    assert.rejects(
      async () => ours.control.setLocalRecord(text),
      (err) => err instanceof RelayError && err.code === 'BAD_ENR',
    )
  await refused('enr:abc')
  await refused((await discoverySettings({ address: '127.1.5.6' })).enr)
  await ours.control.setLocalRecord(ours.changedRecord(9n, 'attnets', new Uint8Array(8)))
  await refused(ours.changedRecord(8n, 'attnets', new Uint8Array(8)))
})

test('a node that moved is let in with its new record, though we know the old one', async () => {
  await using ours = await startDiscovery({ address: '127.1.5.7' })
  const secretKey = new Uint8Array(32).fill(5)
  const before = await startDiscv5Node({ address: '127.1.5.8', secretKey, bootnodes: [ours.settings.enr] })
  for (let i = 0; i < 9; i++) before.setField('attnets', Uint8Array.of(0, 0, 0, 0, 0, 0, 0, i))
  await before.discv5.findRandomNode()
  await until('it is known', async () => (await ours.control.getView()).connectedNodes === 1)
  await before.stop()

  await using after = await startDiscv5Node({ address: '127.1.5.9', secretKey, bootnodes: [ours.settings.enr] })
  for (let i = 0; i < 20; i++) after.setField('attnets', Uint8Array.of(0, 0, 0, 0, 0, 0, 0, i))
  await after.discv5.findRandomNode()
  await until('its new address is told', () => ours.found.at(-1)?.ip === '127.1.5.9')
  assert.equal(ours.found.at(-1)?.seq, '21')
  assert.equal((await ours.control.getView()).routingTableSize, 1)
})

test('records of an earlier run are put into the table and told, forged ones are not', async () => {
  await using ours = await startDiscovery({ address: '127.1.5.10' })
  await using friend = await startDiscv5Node({ address: '127.1.5.11' })
  const forged = friend.enr.slice(0, 20) + (friend.enr[20] === 'A' ? 'B' : 'A') + friend.enr.slice(21)
  const taken = await ours.control.addRecords([friend.enr, 'enr:abc', ours.settings.enr, forged])
  assert.equal(taken, 1)
  assert.equal((await ours.control.getView()).routingTableSize, 1)
  assert.deepEqual(
    ours.found.map(({ enr }) => enr),
    [friend.enr],
  )
})
