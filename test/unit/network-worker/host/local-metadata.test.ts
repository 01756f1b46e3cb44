import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatTopic, type ParsedTopic, parseTopic } from '../../../../src/consensus/topic.ts'
import { advertisedCustodyGroups, MetadataState } from '../../../../src/network-worker/host/local-metadata.ts'

function topics(...names: readonly string[]): ParsedTopic[] {
  return names.map((name) => {
    const parsed = parseTopic(formatTopic('8c9f62fe', name))
    assert.ok(parsed !== undefined, name)
    return parsed
  })
}

test('a node without topics advertises nothing, and four custody groups', () => {
  const { seqNumber, attnets, syncnets, custodyGroupCount } = new MetadataState().current
  assert.deepEqual([seqNumber, custodyGroupCount], [1n, 4])
  assert.deepEqual([...attnets, ...syncnets], Array(9).fill(0))
})

test('a later run begins above all that an earlier one can have reached, since peers keep our number over a restart', () => {
  const startedAtMs = 1_800_000_000_000
  const earlier = new MetadataState(4, startedAtMs)
  for (let rotation = 0; rotation < 100; rotation++) earlier.update(topics(`beacon_attestation_${rotation % 64}`))
  const later = new MetadataState(4, startedAtMs + 1_000)
  assert.ok(later.current.seqNumber > earlier.current.seqNumber)
})

test('subnets are bits, counted from the least significant one', () => {
  const state = new MetadataState()
  state.update(topics('beacon_attestation_0', 'beacon_attestation_9', 'beacon_attestation_63', 'sync_committee_3'))
  assert.deepEqual([...state.current.attnets], [0b1, 0b10, 0, 0, 0, 0, 0, 0b1000_0000])
  assert.deepEqual([...state.current.syncnets], [0b1000])
})

test('all subnets are all bits', () => {
  const state = new MetadataState()
  const attestations = Array.from({ length: 64 }, (_, index) => `beacon_attestation_${index}`)
  const sync = Array.from({ length: 4 }, (_, index) => `sync_committee_${index}`)
  state.update(topics(...attestations, ...sync))
  assert.deepEqual([...state.current.attnets], Array(8).fill(0xff))
  assert.deepEqual([...state.current.syncnets], [0x0f])
})

test('the sequence number rises by one for each change, and for nothing else', () => {
  const state = new MetadataState()
  const seen: bigint[] = []
  for (const names of [
    ['beacon_attestation_1', 'beacon_attestation_2'],
    ['beacon_attestation_2', 'beacon_attestation_1', 'beacon_block', 'data_column_sidecar_5'],
    ['beacon_attestation_3'],
    ['beacon_attestation_3', 'sync_committee_0'],
    [],
  ]) {
    state.update(topics(...names))
    seen.push(state.current.seqNumber)
  }
  assert.deepEqual(seen, [2n, 2n, 3n, 4n, 5n])
})

test('what was handed out does not change afterwards', () => {
  const state = new MetadataState()
  const before = state.current
  state.update(topics('beacon_attestation_0'))
  assert.deepEqual([...before.attnets], Array(8).fill(0))
  assert.equal(before.seqNumber, 1n)
})

test('all custody groups are advertised when all columns are relayed and kept, and else four', () => {
  const all = { topics: 'all' as const, custodyColumns: 'all' as const, recentSlots: 64 }
  const every = Array.from({ length: 128 }, (_, index) => index)
  assert.equal(advertisedCustodyGroups(all), 128)
  assert.equal(advertisedCustodyGroups({ ...all, custodyColumns: every }), 128)
  assert.equal(advertisedCustodyGroups({ ...all, topics: ['data_column_sidecar'] }), 128)
  assert.equal(advertisedCustodyGroups({ ...all, recentSlots: 0 }), 4, 'none is kept')
  assert.equal(advertisedCustodyGroups({ ...all, topics: ['beacon_block'] }), 4)
  assert.equal(advertisedCustodyGroups({ ...all, topics: 'none' }), 4)
  assert.equal(advertisedCustodyGroups({ ...all, custodyColumns: 'custody' }), 4)
  assert.equal(advertisedCustodyGroups({ ...all, custodyColumns: every.slice(1) }), 4)
  assert.equal(new MetadataState(128).current.custodyGroupCount, 128)
})
