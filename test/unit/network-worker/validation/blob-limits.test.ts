import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ssz } from '@lodestar/types'
import type { ForkName, NetworkConfig } from '../../../../src/consensus/network-config.ts'
import { formatTopic, parseTopic } from '../../../../src/consensus/topic.ts'
import type { GossipName } from '../../../../src/consensus/topic-table.ts'
import { commitments, fuluBlock, gloasBlock } from './block-values.ts'
import { ALL_FORKS, SLOTS_PER_EPOCH, sceneAt } from './judge-scene.ts'
import { cells, fuluColumn, gloasColumn } from './sidecar-values.ts'

type MakeObject = (slot: number, blobs: number) => Uint8Array

const fuluBlockOf: MakeObject = (slot, blobs) => {
  const value = fuluBlock(slot)
  value.message.body.blobKzgCommitments = commitments(blobs)
  return ssz.fulu.SignedBeaconBlock.serialize(value)
}

const gloasBlockOf: MakeObject = (slot, blobs) => {
  const value = gloasBlock(slot)
  value.message.body.signedExecutionPayloadBid.message.blobKzgCommitments = commitments(blobs)
  return ssz.gloas.SignedBeaconBlock.serialize(value)
}

const gloasColumnOf: MakeObject = (slot, blobs) =>
  ssz.gloas.DataColumnSidecar.serialize({
    ...gloasColumn(slot, 7),
    column: cells(blobs),
    kzgProofs: commitments(blobs),
  })

const bidOf: MakeObject = (slot, blobs) => {
  const value = ssz.gloas.SignedExecutionPayloadBid.defaultValue()
  value.message.slot = slot
  value.message.blobKzgCommitments = commitments(blobs)
  return ssz.gloas.SignedExecutionPayloadBid.serialize(value)
}

const OBJECTS: readonly (readonly [GossipName, ForkName, MakeObject])[] = [
  ['beacon_block', 'fulu', fuluBlockOf],
  ['data_column_sidecar_7', 'fulu', (slot, blobs) => ssz.fulu.DataColumnSidecar.serialize(fuluColumn(slot, 7, blobs))],
  ['beacon_block', 'gloas', gloasBlockOf],
  ['data_column_sidecar_7', 'gloas', gloasColumnOf],
  ['execution_payload_bid', 'gloas', bidOf],
]

/** The verdict on an object about `slot` that comes `slotsEarly` ahead of it, on the topic of the slot's digest. */
function verdictOn(name: GossipName, bytes: Uint8Array, slot: number, network: NetworkConfig, slotsEarly = 0): string {
  const scene = sceneAt(slot - slotsEarly, 100, { network })
  const entry = scene.schedule.at(Math.floor(slot / SLOTS_PER_EPOCH))
  const parsed = parseTopic(formatTopic(entry.digestHex, name))
  assert.ok(parsed !== undefined)
  const verdict = scene.tierZero.judgeOf({ parsed, entry }).judgeUnverified(bytes)
  return verdict.action === 'accept' ? 'accept' : `${verdict.action} ${verdict.reason}`
}

/** The limit rises in the second epoch of a fork, and falls in the third. */
function limitsOf(fork: ForkName): { network: NetworkConfig; rise: number; fall: number } {
  const epoch = (ALL_FORKS.forks.find((each) => each.name === fork)?.epoch ?? Number.NaN) + 1
  const blobSchedule = [
    { epoch, maxBlobsPerBlock: 12 },
    { epoch: epoch + 1, maxBlobsPerBlock: 2 },
  ]
  const rise = epoch * SLOTS_PER_EPOCH
  return { network: { ...ALL_FORKS, blobSchedule }, rise, fall: rise + SLOTS_PER_EPOCH }
}

for (const [name, fork, make] of OBJECTS) {
  const { network, rise, fall } = limitsOf(fork)
  const limits = [
    [rise - 1, 9],
    [rise, 12],
    [fall - 1, 12],
    [fall, 2],
  ] as const

  test(`${name} of ${fork}: as many blobs as its slot's epoch allows, and no more`, () => {
    for (const [slot, limit] of limits) {
      assert.equal(verdictOn(name, make(slot, limit), slot, network), 'accept', `${limit} in ${slot}`)
      assert.equal(verdictOn(name, make(slot, limit + 1), slot, network), 'reject too_many_blobs', `more in ${slot}`)
    }
  })
}

test('a bid for the first slot of new limits goes by them, a slot ahead', () => {
  const { network, rise } = limitsOf('gloas')
  assert.equal(verdictOn('execution_payload_bid', bidOf(rise, 12), rise, network, 1), 'accept')
  assert.equal(verdictOn('execution_payload_bid', bidOf(rise, 13), rise, network, 1), 'reject too_many_blobs')
})
