/** Counters of nodes that talk to each other over real connections: what one sent is what the other received. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RelayRouter } from '../../../src/network-worker/gossip/router/relay-router.ts'
import type { GossipWireView } from '../../../src/rpc/metrics-view.ts'
import { relayNetwork } from '../../support/relay-config.ts'
import { connectRelays, meshOf, type RunningRelay, startRelay } from '../../support/two-nodes.ts'
import { until } from '../../support/until.ts'
import { forward, mesh, type RouterNode, relayRouter, startRouterNode, TOPIC } from './router-node.ts'

type Totals = Readonly<Record<string, number>>

function total(views: readonly GossipWireView[], way: 'sent' | 'received'): Totals {
  const totals: Record<string, number> = { bytes: 0, rpcs: 0 }
  const add = (name: string, amount: number): void => {
    totals[name] = (totals[name] ?? 0) + amount
  }
  for (const view of views) {
    add('bytes', view[`${way}Bytes`])
    add('rpcs', view[`${way}Rpcs`])
    for (const row of view.control) {
      add(row.control, row[`${way}Messages`])
      add(`${row.control} ids`, row[`${way}Ids`])
    }
  }
  return totals
}

function isSame(a: Totals, b: Totals): boolean {
  return Object.keys(a).every((name) => a[name] === b[name])
}

test('between two relays every byte and every GRAFT that one sent is one that the other received', async () => {
  const network = relayNetwork({ slotDurationMs: 1000 })
  await using one = await startRelay({ config: { network } })
  await using other = await startRelay({ config: { network } })
  await connectRelays(one, other)
  const topic = (await one.control.listMesh())[0]?.topic ?? ''
  await until(
    'a mesh of two',
    async () => (await meshOf(one, topic)).length === 1 && (await meshOf(other, topic)).length === 1,
  )
  const wireOf = async (relay: RunningRelay) => [(await relay.control.getMetrics()).wire]
  const agree = async () => {
    const [here, there] = [await wireOf(one), await wireOf(other)]
    return (
      isSame(total(here, 'sent'), total(there, 'received')) && isSame(total(there, 'sent'), total(here, 'received'))
    )
  }
  await until('equal counts', agree)
  const grafts = total([...(await wireOf(one)), ...(await wireOf(other))], 'sent')['graft'] ?? 0
  assert.ok(grafts >= 1, `${grafts} GRAFTs`)

  await one.control.prune(topic, other.peerId)
  await until('the PRUNE on both sides', async () => total(await wireOf(other), 'received')['prune'] === 1)
  assert.equal(total(await wireOf(one), 'sent')['prune'], 1)
  await until('equal counts', agree)
  const { meshes, wire } = await one.control.getMetrics()
  const blocks = meshes.find(({ kind }) => kind === 'beacon_block')
  assert.deepEqual([blocks?.smallestMesh, blocks?.largestMesh, blocks?.topics], [0, 0, 1])
  assert.equal(wire.cacheEntries['backoff'], 1)
  assert.equal(
    Object.values(wire.peersByBand).reduce((sum, peers) => sum + peers, 0),
    1,
  )
})

test('in a chain of three each kind of control message is counted alike at both ends', {
  timeout: 60_000,
}, async () => {
  await using nodes = new AsyncDisposableStack()
  const start = async (): Promise<RouterNode<RelayRouter>> => {
    return nodes.use(await startRouterNode((components) => relayRouter(components, { idontwantMinDataSize: 1000 })))
  }
  const [left, middle, right] = [await start(), await start(), await start()]
  await mesh(left, middle)
  await mesh(right, middle)
  // A large message is announced to the mesh as not wanted any more before it is passed on.
  forward(left, 1, 5_000)
  await until('the message at the end', () => right.got.includes(1))
  // Out of the mesh, the last one hears of messages at a heartbeat and asks for them.
  assert.equal(await middle.router.cutLink(right.peerId, TOPIC, 'manual'), true)
  await until('the PRUNE', () => right.router.mesh.get(TOPIC)?.size === 0)
  forward(left, 2)
  await until('the message that was asked for', () => right.got.includes(2))

  const ends = () => [left.router.wireView(), right.router.wireView()]
  const agree = () =>
    isSame(total(ends(), 'sent'), total([middle.router.wireView()], 'received')) &&
    isSame(total([middle.router.wireView()], 'sent'), total(ends(), 'received'))
  await until('equal counts', agree)
  const all = total([...ends(), middle.router.wireView()], 'sent')
  for (const name of ['ihave', 'ihave ids', 'iwant', 'iwant ids', 'graft', 'prune', 'idontwant', 'idontwant ids']) {
    assert.ok((all[name] ?? 0) > 0, name)
  }
  assert.equal(middle.router.wireView().iwantAnswers, 1)
  assert.deepEqual(right.got, [1, 2])
})
