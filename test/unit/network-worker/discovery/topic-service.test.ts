import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { custodyGroups } from '../../../../src/consensus/custody.ts'
import { type ParsedTopic, parseTopic } from '../../../../src/consensus/topic.ts'
import { servedTopics } from '../../../../src/network-worker/discovery/topic-service.ts'
import { fromHex } from '../../../../src/shared/hex.ts'
import { recordOf } from './record-of.ts'

function topics(...names: string[]): ParsedTopic[] {
  return names.map((name) => {
    const parsed = parseTopic(`/eth2/8c9f62fe/${name}/ssz_snappy`)
    assert.ok(parsed, name)
    return parsed
  })
}

function subnets(kind: string, count: number): ParsedTopic[] {
  return topics(...Array.from({ length: count }, (_, index) => `${kind}_${index}`))
}

test('attestation subnets are the bits of attnets, the lowest first', () => {
  const record = recordOf(1, { attnetsHex: '0100000000000080', custodyGroupCount: 0 })
  assert.equal(servedTopics(record, topics('beacon_attestation_0', 'beacon_attestation_63')), 2)
  assert.equal(servedTopics(record, topics('beacon_attestation_7', 'beacon_attestation_56')), 0)
})

test('sync subnets are the bits of syncnets', () => {
  const record = recordOf(1, { syncnetsHex: '09' })
  assert.equal(servedTopics(record, subnets('sync_committee', 4)), 2)
  assert.equal(servedTopics(record, topics('sync_committee_1', 'sync_committee_2')), 0)
})

test('columns are those of the custody groups, which follow from the node id', () => {
  const record = recordOf(77, { custodyGroupCount: 6 })
  const columns = custodyGroups(fromHex(record.nodeIdHex, 32), 6)
  assert.equal(servedTopics(record, topics(...columns.map((column) => `data_column_sidecar_${column}`))), 6)
  assert.equal(servedTopics(record, subnets('data_column_sidecar', 128)), 6)
})

for (const [custodyGroupCount, columns] of [
  [undefined, 4],
  [0, 0],
  [64, 64],
  // Which one is missing is not worth the hashes.
  [127, 128],
  [128, 128],
  [129, 0],
] as const) {
  test(`of a node with cgc ${custodyGroupCount} ${columns} columns are expected`, () => {
    assert.equal(servedTopics(recordOf(1, { custodyGroupCount }), subnets('data_column_sidecar', 128)), columns)
  })
}

test('a record without attnets and syncnets serves none', () => {
  const record = recordOf(1, { attnetsHex: undefined, syncnetsHex: undefined })
  assert.equal(servedTopics(record, [...subnets('beacon_attestation', 64), ...subnets('sync_committee', 4)]), 0)
})

test('topics that every node has count for nobody', () => {
  const all = recordOf(1, { attnetsHex: 'ff'.repeat(8), syncnetsHex: '0f', custodyGroupCount: 128 })
  assert.equal(servedTopics(all, topics('beacon_block', 'voluntary_exit', 'blob_sidecar_3')), 0)
  assert.equal(servedTopics(all, []), 0)
})

test('two choices of topics do not mix, nor do two records', () => {
  const one = recordOf(1, { attnetsHex: '01'.padEnd(16, '0') })
  const two = recordOf(1, { attnetsHex: '02'.padEnd(16, '0') })
  const [zero, first] = [topics('beacon_attestation_0'), topics('beacon_attestation_1')]
  assert.deepEqual(
    [one, two, one].flatMap((record) => [servedTopics(record, zero), servedTopics(record, first)]),
    [1, 0, 0, 1, 1, 0],
  )
})

test('property: as many as the bits of both say', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 8, maxLength: 8 }), fc.uniqueArray(fc.nat({ max: 63 })), (bits, indices) => {
      const record = recordOf(1, { attnetsHex: Buffer.from(bits).toString('hex') })
      const expected = indices.filter((index) => (BigInt(bits[index >> 3] ?? 0) >> BigInt(index % 8)) & 1n).length
      assert.equal(servedTopics(record, topics(...indices.map((index) => `beacon_attestation_${index}`))), expected)
    }),
  )
})
