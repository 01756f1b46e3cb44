import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createForkSchedule } from '../../../../../src/consensus/fork-schedule.ts'
import { formatTopic } from '../../../../../src/consensus/topic.ts'
import { gossipNamesOfFork } from '../../../../../src/consensus/topic-table.ts'
import { NetworkTopics } from '../../../../../src/network-worker/gossip/topics/network-topics.ts'
import { smallNetwork } from '../../small-network.ts'

const SCHEDULE = createForkSchedule(smallNetwork({ fuluEpoch: 2, blobSchedule: [{ epoch: 3, maxBlobsPerBlock: 12 }] }))

test('every topic of every digest of the network is known', () => {
  const topics = new NetworkTopics(SCHEDULE)
  for (const { digestHex, fork } of SCHEDULE.entries) {
    for (const name of gossipNamesOfFork(fork)) assert.ok(topics.has(formatTopic(digestHex, name)), `${fork} ${name}`)
  }
})

test('topics of another network, of another fork, or of no network are not', () => {
  const topics = new NetworkTopics(SCHEDULE)
  const [electra, fulu] = SCHEDULE.entries.map(({ digestHex }) => digestHex)
  for (const topic of [
    formatTopic('deadbeef', 'beacon_block'),
    formatTopic(electra ?? '', 'data_column_sidecar_0'),
    formatTopic(fulu ?? '', 'blob_sidecar_0'),
    formatTopic(fulu ?? '', 'beacon_attestation_64'),
    formatTopic(fulu ?? '', 'anything'),
    '',
  ]) {
    assert.ok(!topics.has(topic), topic)
  }
})

test('what was added is known whatever it is, until it is deleted', () => {
  const topics = new NetworkTopics(SCHEDULE)
  topics.add('/mine')
  assert.ok(topics.has('/mine'))
  topics.delete('/mine')
  assert.ok(!topics.has('/mine'))
})

test('a peer cannot make it hold anything: any text is answered and none is kept', () => {
  const topics = new NetworkTopics(SCHEDULE)
  fc.assert(fc.property(fc.string(), (text) => assert.equal(topics.has(text), false)))
  assert.equal(topics.size, 0)
})
