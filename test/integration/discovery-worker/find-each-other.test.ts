import assert from 'node:assert/strict'
import { test } from 'node:test'
import { randomTarget, startDiscovery } from '../../support/discovery-node.ts'
import { type Discv5Node, startDiscv5Node } from '../../support/discv5-node.ts'
import { until } from '../../support/until.ts'

const FORK_DIGEST = 'a4b5c6d7'

/** Packets may be lost on a busy machine, and discv5 asks a silent node again only after some seconds. */
const PATIENCE_MS = 40_000

test('twelve nodes find each other from one bootnode, and each record is told once', async () => {
  const boot = await startDiscv5Node({ address: '127.1.1.1', forkDigestHex: FORK_DIGEST, tcp: 9000 })
  const others: Discv5Node[] = []
  for (let i = 2; i <= 11; i++) {
    const options = { address: `127.1.1.${i}`, forkDigestHex: FORK_DIGEST, tcp: 9000, bootnodes: [boot.enr] }
    others.push(await startDiscv5Node(options))
  }
  await using ours = await startDiscovery({ address: '127.1.1.12', bootnodes: [boot.enr] })
  try {
    for (const node of others) void node.discv5.findRandomNode()
    const all = new Set([boot, ...others].map((node) => node.nodeIdHex))
    await until(
      'our node knows all of them',
      async () => {
        await ours.control.lookup(randomTarget())
        return [...all].every((id) => ours.found.some((record) => record.nodeIdHex === id))
      },
      PATIENCE_MS,
    )
    await until(
      'our node has talked with all of them',
      async () => {
        await ours.control.lookup(randomTarget())
        return (await ours.control.getView()).routingTableSize === all.size
      },
      PATIENCE_MS,
    )
    const isKnown = () => [boot, ...others].every((node) => node.known().includes(ours.nodeIdHex))
    await until('all of them know our node', isKnown, PATIENCE_MS)

    assert.equal(ours.found.length, all.size, 'none was told twice')
    for (const record of ours.found) {
      assert.equal(record.forkDigestHex, FORK_DIGEST)
      assert.deepEqual(record.addresses, [`/ip4/${record.ip}/tcp/9000/p2p/${record.peerId}`])
    }
    const view = await ours.control.getView()
    assert.equal(view.sessions, all.size)
    assert.ok(view.connectedNodes > 0 && view.connectedNodes <= all.size)
    assert.ok(view.lookups > 0 && view.lookupsRunning === 0)
    assert.ok((view.messagesOut['FINDNODE'] ?? 0) >= all.size && (view.messagesIn['NODES'] ?? 0) >= all.size)
    assert.ok(view.packetsIn > 0 && view.bytesIn > view.packetsIn * 63 && view.bytesOut > view.packetsOut * 63)
    assert.deepEqual(
      Object.entries(view.droppedPackets).filter(([, count]) => count > 0),
      [],
    )
  } finally {
    await Promise.all([boot, ...others].map((node) => node.stop()))
  }
})
