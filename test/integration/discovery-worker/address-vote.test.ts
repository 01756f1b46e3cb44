import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startDiscovery } from '../../support/discovery-node.ts'
import { startDiscv5Node } from '../../support/discv5-node.ts'
import { until } from '../../support/until.ts'

test('nodes that met us tell where they see us; it is told once', async () => {
  await using ours = await startDiscovery({ address: '127.1.6.1' })
  const nodes = await Promise.all(
    [2, 3, 4, 5].map((i) => startDiscv5Node({ address: `127.1.6.${i}`, bootnodes: [ours.settings.enr] })),
  )
  try {
    for (const node of nodes) await node.discv5.findRandomNode()
    await until('enough votes', () => ours.voted.length > 0)
    await until('a PONG of each', async () => ((await ours.control.getView()).messagesIn['PONG'] ?? 0) >= nodes.length)
    assert.deepEqual(ours.voted, [{ ip: '127.1.6.1', port: ours.udpPort, votes: 3 }])
  } finally {
    await Promise.all(nodes.map((node) => node.stop()))
  }
})
