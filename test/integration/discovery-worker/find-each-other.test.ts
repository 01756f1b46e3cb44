import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { type LiveDiscovery, randomTarget, startDiscovery } from '../../support/discovery-node.ts'
import { type Discv5Node, startDiscv5Node } from '../../support/discv5-node.ts'
import { until } from '../../support/until.ts'

const FORK_DIGEST = 'a4b5c6d7'

/** Packets may be lost on a busy machine, and discv5 asks a silent node again only after some seconds. */
const PATIENCE_MS = 90_000
/** As the relay's: twelve nodes of one thread may take long for their handshakes, and an answer in time is an answer. */
const REQUEST_TIMEOUT_MS = 2_000
/** A lookup has each node send some four packets, and packets beyond 96 in 10 s are dropped (packet-quota.ts). */
const LOOKUP_PERIOD_MS = 500

/** Has our node look around, at a pace that nobody drops packets for, until `isDone`. */
async function lookUntil(what: string, ours: LiveDiscovery, isDone: () => Promise<boolean>): Promise<void> {
  const look = async (): Promise<boolean> => {
    await ours.control.lookup(randomTarget())
    if (await isDone()) return true
    await setTimeout(LOOKUP_PERIOD_MS)
    return false
  }
  await until(what, look, PATIENCE_MS)
}

test('twelve nodes find each other from one bootnode, and each record is told once', async () => {
  const common = { forkDigestHex: FORK_DIGEST, tcp: 9000, requestTimeoutMs: REQUEST_TIMEOUT_MS }
  const boot = await startDiscv5Node({ ...common, address: '127.1.1.1' })
  const others: Discv5Node[] = []
  for (let i = 2; i <= 11; i++) {
    others.push(await startDiscv5Node({ ...common, address: `127.1.1.${i}`, bootnodes: [boot.enr] }))
  }
  await using ours = await startDiscovery({ address: '127.1.1.12', bootnodes: [boot.enr] })
  try {
    for (const node of others) void node.discv5.findRandomNode()
    const all = new Set([boot, ...others].map((node) => node.nodeIdHex))
    const isFound = (id: string): boolean => ours.found.some((record) => record.nodeIdHex === id)
    await lookUntil('our node knows all of them', ours, async () => [...all].every(isFound))
    await lookUntil('our node has talked with all of them', ours, async () => {
      const { routingTableSize, sessions } = await ours.control.getView()
      return routingTableSize === all.size && sessions === all.size
    })
    const isKnown = async () => [boot, ...others].every((node) => node.known().includes(ours.nodeIdHex))
    await lookUntil('all of them know our node', ours, isKnown)

    assert.equal(ours.found.length, all.size, 'none was told twice')
    for (const record of ours.found) {
      assert.equal(record.forkDigestHex, FORK_DIGEST)
      assert.deepEqual(record.addresses, [`/ip4/${record.ip}/tcp/9000/p2p/${record.peerId}`])
    }
    const view = await ours.control.getView()
    assert.ok(view.sessions <= all.size, 'one with each')
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
