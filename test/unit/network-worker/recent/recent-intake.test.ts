import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { ssz } from '@lodestar/types'
import { createForkSchedule } from '../../../../src/consensus/fork-schedule.ts'
import { compressBlock } from '../../../../src/consensus/snappy/snappy-block.ts'
import { FrameDecoder } from '../../../../src/consensus/snappy/snappy-frames.ts'
import { RecentIntake } from '../../../../src/network-worker/recent/recent-intake.ts'
import type { RecentObject } from '../../../../src/network-worker/recent/recent-objects.ts'
import { relayNetwork } from '../../../support/relay-config.ts'

const SLOT = 70
const BLOBS = [{ epoch: 2, maxBlobsPerBlock: 12 }]
const schedule = createForkSchedule(relayNetwork({ blobSchedule: BLOBS }))

function intakeWithPuts() {
  const puts: RecentObject[] = []
  const intake = new RecentIntake({
    objects: { put: (head, payload, isVouched = false) => void puts.push([head, payload, isVouched]) },
    schedule,
    slotsPerEpoch: 32,
    preset: 'mainnet',
  })
  return { intake, puts }
}

function columnOf(index: number, cells: number) {
  const sidecar = ssz.fulu.DataColumnSidecar.defaultValue()
  sidecar.index = index
  sidecar.signedBlockHeader.message.slot = SLOT
  sidecar.signedBlockHeader.message.proposerIndex = 12
  sidecar.column = Array.from({ length: cells }, (_, i) => crypto.getRandomValues(new Uint8Array(2048)).fill(i, 0, 9))
  return { sidecar, bytes: ssz.fulu.DataColumnSidecar.serialize(sidecar) }
}

function passed(bytes: Uint8Array) {
  return { fork: 'fulu' as const, data: compressBlock(bytes), maxSszBytes: 1_000_000 }
}

function unvouched(bytes: Uint8Array) {
  return { ...passed(bytes), isVouched: false }
}

/** What a client makes of a stored payload. */
function decoded(payload: Uint8Array, lengthBytes: number, sszBytes: number): Uint8Array {
  const result = new FrameDecoder(sszBytes).push(payload.subarray(lengthBytes))
  assert.ok(result.status === 'done' && result.rest.length === 0)
  return result.bytes
}

test('a column is put under the root of the header it carries, with the context of its slot', async () => {
  const { intake, puts } = intakeWithPuts()
  const { sidecar, bytes } = columnOf(77, 21)
  intake.onColumn(passed(bytes))
  assert.equal(puts.length, 0, 'not in the turn of the message')
  await nextTurn()
  const [[head, payload] = []] = puts
  assert.ok(head !== undefined && payload !== undefined)
  const root = ssz.phase0.BeaconBlockHeader.hashTreeRoot(sidecar.signedBlockHeader.message)
  assert.deepEqual(head, {
    kind: 'column',
    slot: SLOT,
    rootHex: Buffer.from(root).toString('hex'),
    parentRootHex: '00'.repeat(32),
    columnIndex: 77,
    blobCount: 0,
    digestHex: schedule.at(2).digestHex,
    sszBytes: bytes.length,
  })
  assert.notEqual(schedule.at(2).digestHex, schedule.at(0).digestHex)
  assert.deepEqual(Buffer.from(decoded(payload, 3, bytes.length)), Buffer.from(bytes))
})

test('columns are opened one a turn, and the message may be reused meanwhile', async () => {
  const { intake, puts } = intakeWithPuts()
  const message = passed(columnOf(1, 1).bytes)
  for (let i = 0; i < 3; i++) intake.onColumn(message)
  message.data.fill(0)
  await nextTurn()
  assert.equal(puts.length, 1)
  for (let i = 0; i < 4; i++) await nextTurn()
  assert.equal(puts.length, 3)
})

test('what is no column is not put: rubbish, a column beyond the last, bytes that are too few', async () => {
  const { intake, puts } = intakeWithPuts()
  intake.onColumn({ ...passed(new Uint8Array(9)), data: new Uint8Array(50).fill(0xff) })
  intake.onColumn(passed(columnOf(128, 1).bytes))
  intake.onColumn(passed(new Uint8Array(20)))
  for (let i = 0; i < 6; i++) await nextTurn()
  assert.deepEqual(puts, [])
})

test('columns beyond the room for them are counted', () => {
  const { intake } = intakeWithPuts()
  const message = { ...passed(new Uint8Array(9)), data: new Uint8Array(1024 * 1024) }
  for (let i = 0; i < 17; i++) intake.onColumn(message)
  assert.equal(intake.dropped, 1)
  intake.stop()
})

test('a block is put with its parent, under the root it was hashed to', () => {
  const { intake, puts } = intakeWithPuts()
  const block = ssz.fulu.SignedBeaconBlock.defaultValue()
  block.message.slot = SLOT
  block.message.parentRoot = new Uint8Array(32).fill(6)
  block.message.body.blobKzgCommitments = [new Uint8Array(48), new Uint8Array(48)]
  const bytes = ssz.fulu.SignedBeaconBlock.serialize(block)
  intake.onBlock({ ...passed(bytes), isVouched: true }, `0x${'ab'.repeat(32)}`)
  const [[head, payload, isVouched] = []] = puts
  assert.deepEqual([head?.kind, head?.slot, head?.rootHex, isVouched], ['block', SLOT, 'ab'.repeat(32), true])
  assert.deepEqual([head?.parentRootHex, head?.blobCount], ['06'.repeat(32), 2])
  assert.deepEqual(Buffer.from(decoded(payload ?? bytes, 2, bytes.length)), Buffer.from(bytes))
})

test('no columns are due with a block before Fulu, nor with one whose payload may be kept', () => {
  const { intake, puts } = intakeWithPuts()
  const block = ssz.deneb.SignedBeaconBlock.defaultValue()
  block.message.slot = SLOT
  block.message.body.blobKzgCommitments = [new Uint8Array(48)]
  intake.onBlock({ ...unvouched(ssz.deneb.SignedBeaconBlock.serialize(block)), fork: 'deneb' }, '0x00')
  const bid = ssz.gloas.SignedBeaconBlock.defaultValue()
  bid.message.slot = SLOT
  intake.onBlock({ ...unvouched(ssz.gloas.SignedBeaconBlock.serialize(bid)), fork: 'gloas' }, '0x00')
  assert.deepEqual(
    puts.map(([{ blobCount }]) => blobCount),
    [0, 0],
  )
})
