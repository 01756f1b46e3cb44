import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ENR } from '@chainsafe/enr'
import { testNetwork } from '../../support/network-directory.ts'
import { until } from '../../support/until.ts'
import { DiscoveringRelay, freePort, relayHome } from './relay.ts'
import { LARGE_PLAN, SwarmNetwork } from './swarm-network.ts'

/** Patience for two busy cores that run both swarms too; one free core needs a tenth of it. */
const FIND_ALL_MS = 120_000
/** The promise: half of the earlier peers, from the start of the process. */
const HALF_BACK_MS = 10_000
/**
 * The same in starts: the promise is of a machine with a core to spare, where a relay starts in 1 to 1.5 s and has half of
 * its peers within four times that. Where a start takes longer, so does all the rest.
 */
const HALF_BACK_STARTS = 6

/** The promise, as far as the machine that this runs on now allows to hold it to that. */
function halfBackMs({ startedAfterMs }: DiscoveringRelay): number {
  return Math.max(HALF_BACK_MS, HALF_BACK_STARTS * startedAfterMs)
}

test('one bootnode is enough for a network of 53, and none at all after a crash', async (t) => {
  const home = relayHome(t, testNetwork())
  await using network = await SwarmNetwork.start(home.networkDir, LARGE_PLAN)
  const port = await freePort(network.relayAddress)
  const place = { ...home, address: network.relayAddress, port }
  const right = network.of('right').map(({ peerId }) => peerId)
  const ours = network.of('right', 'no tcp').map(({ peerId }) => peerId)

  const foreign = network.of('other digest', 'other network').length
  const forkless = network.of('no eth2', 'cut eth2').length

  const first = await DiscoveringRelay.start(t, place, [network.bootnode.enr])
  await t.test('every peer of its network is found and dialled', async () => {
    const took = await first.reach(right, [10, 25, right.length], FIND_ALL_MS)
    t.diagnostic(`from the start of the process to 10, 25 and all ${right.length} peers: ${took.join(', ')} ms`)
  })

  await t.test('the others are found as well, and judged', async () => {
    await until('every foreign record', async () => (await first.judged('other')) >= foreign, FIND_ALL_MS)
    await until('every record without a fork', async () => (await first.judged('none')) >= forkless, FIND_ALL_MS)
  })

  await t.test('the discovery API says what happened', async () => {
    const known = new Set(ours)
    const isComplete = async (): Promise<boolean> => (await first.discovered()).length === ours.length
    await until('every record of our network', isComplete, FIND_ALL_MS)
    assert.deepEqual(new Set(await first.discovered()), known)
    const isInFigures = async (): Promise<boolean> => (await first.stats()).routing_table_size >= 10
    await until('the routing table in the figures', isInFigures, FIND_ALL_MS)
    const stats = await first.stats()
    assert.equal(stats.unique_peers_discovered, ours.length)
    assert.ok(stats.cached_enrs >= right.length, `${stats.cached_enrs} cached`)
    assert.ok(stats.routing_table_size <= network.nodes.length, `${stats.routing_table_size} in the routing table`)
    assert.ok(stats.total_discovery_queries >= 1)
    assert.equal(stats.kademlia_k, 16)
    t.diagnostic(JSON.stringify(stats))
  })

  await t.test('peers receive the record that /node/info shows', async () => {
    const { enr, discovery_addresses, peer_id } = await first.info()
    assert.deepEqual(discovery_addresses, [`/ip4/${place.address}/udp/${port}/p2p/${peer_id}`])
    await network.allTold(enr)
    const { nodeId } = ENR.decodeTxt(enr)
    const isInTables = async (): Promise<boolean> => {
      const held = [...(await network.held(nodeId)).values()]
      return held.length > 0 && held.every((text) => text === enr)
    }
    await until('the same record in the tables that have one', isInTables, FIND_ALL_MS)
  })

  await t.test('half of them are back within 10 s of a crash, without a bootnode', async () => {
    assert.equal(await first.end('SIGKILL'), 'SIGKILL')
    const second = await DiscoveringRelay.start(t, place, [])
    const [ms] = await second.reach(right, [right.length / 2], halfBackMs(second))
    t.diagnostic(`after SIGKILL: half of them in ${ms} ms, of which ${second.startedAfterMs} ms until it ran`)
    await second.reach(right, [right.length], FIND_ALL_MS)
    // The crash may have come within a second of the last find, which is then found once more.
    const isComplete = async (): Promise<boolean> => (await second.discovered()).length === ours.length
    await until('every record of our network again', isComplete, FIND_ALL_MS)
    assert.equal(await second.end('SIGTERM'), 0)
  })

  await t.test('and after an orderly stop, which loses nothing', async () => {
    const third = await DiscoveringRelay.start(t, place, [])
    assert.deepEqual(new Set(await third.discovered()), new Set(ours), 'kept over the runs')
    const [ms] = await third.reach(right, [right.length / 2], halfBackMs(third))
    t.diagnostic(`after SIGTERM: half of them in ${ms} ms, of which ${third.startedAfterMs} ms until it ran`)
    assert.ok((await third.stats()).unique_peers_discovered >= ours.length, 'counted over the runs')
    assert.equal(await third.end('SIGTERM'), 0)
  })

  await t.test('no other node was ever dialled', () => {
    const dialled = network.dialled()
    const wrongly = network.wrong.filter(({ peerId }) => dialled.has(peerId))
    assert.deepEqual(wrongly, [])
    assert.equal(dialled.size, right.length)
  })
})
