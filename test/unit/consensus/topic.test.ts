import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { FORK_NAMES } from '../../../src/consensus/network-config.ts'
import { formatTopic, isTopicOfFork, parseTopic } from '../../../src/consensus/topic.ts'
import { gossipNamesOfFork } from '../../../src/consensus/topic-table.ts'

const allNames = FORK_NAMES.flatMap((fork) => gossipNamesOfFork(fork))
const digests = fc.nat({ max: 2 ** 32 - 1 }).map((value) => value.toString(16).padStart(8, '0'))

test('topics without and with a subnet', () => {
  const block = parseTopic('/eth2/8c9f62fe/beacon_block/ssz_snappy')
  assert.deepEqual(
    [block?.digestHex, block?.name, block?.spec.kind, block?.index],
    ['8c9f62fe', 'beacon_block', 'beacon_block', undefined],
  )
  const column = parseTopic('/eth2/8c9f62fe/data_column_sidecar_127/ssz_snappy')
  assert.deepEqual(
    [column?.name, column?.spec.viewKind, column?.index],
    ['data_column_sidecar_127', 'DataColumnSidecar', 127],
  )
})

const REFUSED = [
  '',
  'beacon_block',
  '/eth2/8c9f62fe/beacon_block/ssz',
  '/eth2/8c9f62fe/beacon_block/ssz_snappy/',
  ' /eth2/8c9f62fe/beacon_block/ssz_snappy',
  '/eth2/8C9F62FE/beacon_block/ssz_snappy',
  '/eth2/0x8c9f62/beacon_block/ssz_snappy',
  '/eth2/8c9f62f/beacon_block/ssz_snappy',
  '/eth2/8c9f62fe1/beacon_block/ssz_snappy',
  '/eth2/8c9f62fg/beacon_block/ssz_snappy',
  '/eth2/8c9f62fe/ssz_snappy',
  '/eth2/8c9f62fe//ssz_snappy',
  '/eth2/8c9f62fe/Beacon_block/ssz_snappy',
  '/eth2/8c9f62fe/beacon_block_0/ssz_snappy',
  '/eth2/8c9f62fe/beacon_attestation/ssz_snappy',
  '/eth2/8c9f62fe/beacon_attestation_/ssz_snappy',
  '/eth2/8c9f62fe/beacon_attestation_64/ssz_snappy',
  '/eth2/8c9f62fe/beacon_attestation_01/ssz_snappy',
  '/eth2/8c9f62fe/beacon_attestation_-1/ssz_snappy',
  '/eth2/8c9f62fe/beacon_attestation_1.0/ssz_snappy',
  '/eth2/8c9f62fe/beacon_attestation_1e1/ssz_snappy',
  '/eth2/8c9f62fe/beacon_attestation_٣/ssz_snappy',
  '/eth2/8c9f62fe/sync_committee_4/ssz_snappy',
  '/eth2/8c9f62fe/blob_sidecar_9/ssz_snappy',
  '/eth2/8c9f62fe/data_column_sidecar_128/ssz_snappy',
  '/eth2/8c9f62fe/constructor/ssz_snappy',
]
for (const topic of REFUSED) {
  test(`refused: ${JSON.stringify(topic)}`, () => assert.equal(parseTopic(topic), undefined))
}

test('whether a fork has the topic is a question of its own', () => {
  const blob = parseTopic('/eth2/6a95a1a9/blob_sidecar_8/ssz_snappy')
  assert.ok(blob !== undefined)
  assert.deepEqual(
    FORK_NAMES.filter((fork) => isTopicOfFork(blob, fork)),
    ['electra'],
  )
})

test('property: every name of every fork comes back from its topic', () => {
  fc.assert(
    fc.property(digests, fc.constantFrom(...allNames), (digestHex, name) => {
      const topic = formatTopic(digestHex, name)
      const parsed = parseTopic(topic)
      assert.ok(parsed !== undefined)
      assert.equal(formatTopic(parsed.digestHex, parsed.name), topic)
      const suffix = parsed.index === undefined ? '' : `_${parsed.index}`
      assert.equal(parsed.spec.kind + suffix, name)
    }),
  )
})

test('property: any text gives undefined or a topic that formats back to it', () => {
  const pieces = fc.constantFrom(
    '/eth2/',
    '8c9f62fe',
    '/',
    'beacon_attestation_',
    '63',
    '0',
    '/ssz_snappy',
    'blob_sidecar_',
    'A',
  )
  const nearly = fc.array(fc.oneof(pieces, fc.string({ maxLength: 3 })), { maxLength: 8 }).map((list) => list.join(''))
  const named = fc.tuple(digests, fc.string({ unit: 'binary' })).map(([digest, name]) => formatTopic(digest, name))
  fc.assert(
    fc.property(fc.oneof(nearly, named, fc.string({ unit: 'binary' })), (topic) => {
      const parsed = parseTopic(topic)
      if (parsed !== undefined) assert.equal(formatTopic(parsed.digestHex, parsed.name), topic)
    }),
    { numRuns: 2000 },
  )
})
