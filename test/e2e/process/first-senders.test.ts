import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { createForkSchedule } from '../../../src/consensus/fork-schedule.ts'
import { readNetworkDir } from '../../../src/consensus/network-dir.ts'
import { formatTopic } from '../../../src/consensus/topic.ts'
import type { ArrivalView, FirstBlockSenderView } from '../../../src/rpc/block-views.ts'
import { freshStatus, GossipPeer } from '../../support/gossip-peer.ts'
import { testNetwork, writeNetworkDirectory } from '../../support/network-directory.ts'
import { compressed, slotNow, unsignedBlock } from '../../support/unsigned-block.ts'
import { until } from '../../support/until.ts'
import { type Child, quietFlags, starling } from './child.ts'

interface Relay {
  readonly child: Child
  readonly api: string
  readonly peerId: string
  readonly address: string
}

/** Flags of a relay on a network of its own, which takes blocks without signatures, and that network. */
function networkFlags(t: TestContext) {
  const flags = quietFlags(t).with(0, '--network-dir')
  const dir = String(flags[flags.indexOf('--data-dir') + 1])
  writeNetworkDirectory(dir, testNetwork())
  return { flags: [...flags.with(1, dir), '--validation', 'blind'], network: readNetworkDir(dir) }
}

async function run(t: TestContext, flags: readonly string[]): Promise<Relay> {
  const child = starling(t, ['run', '--no-quic', ...flags])
  const line = await child.line('relay started')
  const [address = ''] = line['addresses'] as readonly string[]
  return { child, api: String(line['api']), peerId: String(line['peer_id']), address }
}

async function get<T>(url: string): Promise<T> {
  const answer = await fetch(url)
  assert.equal(answer.status, 200)
  return (await answer.json()) as T
}

test('who sent blocks first outlives a stop, and a kill seconds after; arrivals begin anew', async (t) => {
  const { flags, network } = networkFlags(t)
  const { digestHex } = createForkSchedule(network).at(0)
  const topic = formatTopic(digestHex, 'beacon_block')
  await using alice = await GossipPeer.start({ status: () => freshStatus(digestHex), userAgent: 'alice/1' })
  alice.subscribe(topic)
  const publish = async (relay: Relay, proposerIndices: readonly number[]): Promise<void> => {
    await alice.dial(relay.address)
    await alice.meshedWith(relay.peerId, topic)
    for (const proposerIndex of proposerIndices) {
      alice.publishTo(relay.peerId, topic, compressed(unsignedBlock(network, slotNow(network), proposerIndex)))
    }
  }
  const senders = ({ api }: Relay): Promise<readonly FirstBlockSenderView[]> => get(`${api}/stats/first-block-sender`)
  const credited = (relay: Relay, count: number): Promise<void> =>
    until(`${count} blocks of alice`, async () => (await senders(relay))[0]?.count === count)

  const first = await run(t, flags)
  assert.deepEqual(await senders(first), [])
  await publish(first, [1, 2, 3])
  await credited(first, 3)
  first.child.process.kill('SIGTERM')
  assert.equal((await first.child.end()).code, 0)

  const second = await run(t, flags)
  assert.deepEqual(await senders(second), [{ peer_id: alice.peerId, count: 3 }])
  assert.deepEqual(await get(`${second.api}/stats/arrivals`), [])
  await publish(second, [4, 5])
  await credited(second, 5)
  const arrivals = (): Promise<readonly ArrivalView[]> => get(`${second.api}/stats/arrivals`)
  await until('both arrivals', async () => (await arrivals()).length === 2)
  assert.deepEqual(
    (await arrivals()).map(({ first_peer_id, proposer_index, client }) => [first_peer_id, proposer_index, client]),
    [
      [alice.peerId, 4, 'alice/1'],
      [alice.peerId, 5, 'alice/1'],
    ],
  )
  await new Promise((resolve) => setTimeout(resolve, 3_000)) // told within a second, written in another; and a loaded machine
  second.child.process.kill('SIGKILL')
  await second.child.end()

  const third = await run(t, flags)
  assert.deepEqual(await senders(third), [{ peer_id: alice.peerId, count: 5 }])
})
