import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MAX_PAYLOAD_SIZE } from '../../../../src/consensus/ssz/ssz-bounds.ts'
import { gossipType } from '../../../../src/consensus/ssz-types/gossip-types.ts'
import { TOPIC_TABLE } from '../../../../src/consensus/topic-table.ts'
import { everyTopic } from './ssz-type-sizes.ts'

/** MAX_BLOB_COMMITMENTS_PER_BLOCK: with this many blobs a bound is the type's own. */
const ALL_BLOBS = 4096

for (const { kind, fork } of everyTopic()) {
  test(`mainnet ${fork} ${kind}: the bounds are the lengths of the layout, within the payload limit`, () => {
    const { minBytes, maxBytes } = gossipType(kind, fork, 'mainnet')
    const { minSszBytes, maxSszBytes } = TOPIC_TABLE[kind]
    const longest = Math.min(maxBytes, MAX_PAYLOAD_SIZE)
    assert.deepEqual([minSszBytes(fork), maxSszBytes(fork, ALL_BLOBS)], [minBytes, longest])
  })

  test(`minimal ${fork} ${kind}: the bounds refuse nothing the layout allows`, () => {
    const { minBytes, maxBytes } = gossipType(kind, fork, 'minimal')
    const { minSszBytes, maxSszBytes } = TOPIC_TABLE[kind]
    assert.equal(minSszBytes(fork, 'minimal'), minBytes)
    assert.ok(maxSszBytes(fork, ALL_BLOBS, 'minimal') >= Math.min(maxBytes, MAX_PAYLOAD_SIZE))
  })
}
