import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createForkSchedule } from '../../../src/consensus/fork-schedule.ts'
import { readNetworkDir } from '../../../src/consensus/network-dir.ts'
import { formatTopic } from '../../../src/consensus/topic.ts'
import { freshStatus, GossipPeer } from '../../support/gossip-peer.ts'
import { testNetwork, writeNetworkDirectory } from '../../support/network-directory.ts'
import { compressed, slotNow, unsignedBlock } from '../../support/unsigned-block.ts'
import { until } from '../../support/until.ts'
import { quietFlags, starling } from './child.ts'

/** So many transactions of no bytes take half a second to hash, on a thread that first has to load. */
const SLOW_TO_HASH = 500_000

test('a stop while a block is hashed and QUIC is live ends in order', async (t) => {
  const flags = quietFlags(t).with(0, '--network-dir')
  const dir = String(flags[flags.indexOf('--data-dir') + 1])
  writeNetworkDirectory(dir, testNetwork())
  const network = readNetworkDir(dir)
  const { digestHex } = createForkSchedule(network).at(0)
  const topic = formatTopic(digestHex, 'beacon_block')
  const child = starling(t, ['run', '--validation', 'blind', ...flags.with(1, dir)])
  const line = await child.line('relay started')
  const addresses = line['addresses'] as readonly string[]
  assert.ok(addresses.some((address) => address.includes('/quic-v1')))

  await using alice = await GossipPeer.start({ status: () => freshStatus(digestHex), userAgent: 'alice/1' })
  alice.subscribe(topic)
  await alice.dial(addresses.find((address) => address.includes('/tcp/')) ?? '')
  const peerId = String(line['peer_id'])
  await alice.meshedWith(peerId, topic)
  for (const proposerIndex of [1, 2]) {
    const block = unsignedBlock(network, slotNow(network), proposerIndex)
    block.message.body.executionPayload.transactions = Array.from({ length: SLOW_TO_HASH }, () => new Uint8Array())
    alice.publishTo(peerId, topic, compressed(block))
  }
  const api = String(line['api'])
  const list = async (path: string): Promise<unknown[]> => (await (await fetch(api + path)).json()) as unknown[]
  await until('a block', async () => (await list('/stats/first-block-sender')).length > 0)
  await new Promise((resolve) => setTimeout(resolve, 250)) // past the wait before the hashing, and well before its end
  assert.ok((await list('/stats/arrivals')).length < 2)

  child.process.kill('SIGTERM')
  assert.equal((await child.end()).code, 0)
})
