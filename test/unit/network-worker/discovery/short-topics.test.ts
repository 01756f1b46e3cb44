import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createForkSchedule } from '../../../../src/consensus/fork-schedule.ts'
import { networkByName } from '../../../../src/consensus/networks.ts'
import { formatTopic, parseTopic } from '../../../../src/consensus/topic.ts'
import { MIN_TOPIC_PEERS, shortTopics } from '../../../../src/network-worker/discovery/short-topics.ts'
import type { TopicContext } from '../../../../src/network-worker/gossip/topics/topic-directory.ts'

const SCHEDULE = createForkSchedule(networkByName('mainnet'))
const [NOW, BEFORE] = SCHEDULE.entries.toReversed()

function contextOf(name: string, entry = NOW): TopicContext {
  assert.ok(entry)
  const topic = formatTopic(entry.digestHex, name)
  const parsed = parseTopic(topic) ?? assert.fail(name)
  return { topic, parsed, entry, minSszBytes: 0, maxSszBytes: 0, policy: 'blind' }
}

function shortOf(contexts: readonly TopicContext[], peers: Readonly<Record<string, number>>): string[] {
  const peersOf = (topic: string): number => peers[topic.split('/')[3] ?? ''] ?? 0
  return shortTopics(contexts, NOW?.digestHex ?? '', peersOf).map(({ name }) => name)
}

test('subnets and columns with fewer than six peers are short, topics that everybody takes never', () => {
  const names = [
    'beacon_block',
    'beacon_attestation_3',
    'beacon_attestation_4',
    'sync_committee_1',
    'data_column_sidecar_9',
  ]
  const peers = {
    beacon_attestation_3: MIN_TOPIC_PEERS,
    beacon_attestation_4: MIN_TOPIC_PEERS - 1,
    sync_committee_1: 80,
  }
  assert.deepEqual(
    shortOf(
      names.map((name) => contextOf(name)),
      peers,
    ),
    ['beacon_attestation_4', 'data_column_sidecar_9'],
  )
})

test('of two digests only the one in force is looked after', () => {
  assert.deepEqual(shortOf([contextOf('data_column_sidecar_1', BEFORE), contextOf('data_column_sidecar_2')], {}), [
    'data_column_sidecar_2',
  ])
})
