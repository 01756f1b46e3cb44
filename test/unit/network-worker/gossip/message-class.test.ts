import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type GossipKind, TOPIC_TABLE } from '../../../../src/consensus/topic-table.ts'
import { MESSAGE_CLASSES, messageClass } from '../../../../src/network-worker/gossip/message-class.ts'

const KINDS = Object.keys(TOPIC_TABLE) as GossipKind[]

/** Written out, so that a new kind has to be put somewhere on purpose. */
const BY_CLASS = {
  block: ['beacon_block', 'execution_payload'],
  sidecar: ['blob_sidecar', 'data_column_sidecar'],
  attestation: ['beacon_attestation', 'payload_attestation_message', 'sync_committee'],
}

test('every kind of the topic table has its class', () => {
  const of = (name: string): string[] => KINDS.filter((kind) => messageClass(kind) === name).sort()
  for (const [name, kinds] of Object.entries(BY_CLASS)) assert.deepEqual(of(name), kinds)
  const named: string[] = Object.values(BY_CLASS).flat()
  assert.deepEqual(of('other'), KINDS.filter((kind) => !named.includes(kind)).sort())
})

test('from the dearest to the cheapest', () => {
  assert.deepEqual(MESSAGE_CLASSES, ['block', 'sidecar', 'other', 'attestation'])
})
