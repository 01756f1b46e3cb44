import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SILENT_SLOTS, TrackRecord } from '../../../../../src/network-worker/validation/policy/track-record.ts'

function scene() {
  const now = { slot: 100 }
  const disputed = new Set<number>()
  const record = new TrackRecord({ currentSlot: () => now.slot, isDisputed: (slot) => disputed.has(slot) })
  return { now, disputed, record }
}

test('while nobody has a record everybody counts, and then who has one', () => {
  const { now, record } = scene()
  assert.ok(record.counts('newcomer'))
  record.note(100, ['alice', 'bob'])
  assert.ok(record.counts('newcomer'), 'the slot is not over')
  now.slot++
  assert.deepEqual(
    ['alice', 'bob', 'newcomer'].map((peer) => record.counts(peer)),
    [true, true, false],
  )
})

test('a slot with a dispute makes no record', () => {
  const { now, record, disputed } = scene()
  record.note(100, ['forger'])
  disputed.add(100)
  now.slot++
  assert.ok(record.counts('newcomer'))
  record.note(101, ['alice'])
  now.slot++
  assert.deepEqual(
    ['alice', 'forger'].map((peer) => record.counts(peer)),
    [true, false],
  )
})

test('a slot that is over makes no record: nobody is there to contradict', () => {
  const { now, record } = scene()
  record.note(99, ['forger'])
  record.note(100, ['alice'])
  now.slot++
  assert.deepEqual(
    ['alice', 'forger'].map((peer) => record.counts(peer)),
    [true, false],
  )
})

test('when those with a record fall silent, others are all there is', () => {
  const { now, record } = scene()
  record.note(100, ['alice'])
  now.slot = 100 + SILENT_SLOTS
  assert.equal(record.counts('newcomer'), false)
  now.slot++
  assert.ok(record.counts('newcomer'))
  record.note(now.slot, ['alice', 'carol'])
  assert.equal(record.counts('newcomer'), false)
  now.slot++
  assert.ok(record.counts('carol'))
})

test('a thousand are remembered, those whom we heard last', () => {
  const { now, record } = scene()
  for (let index = 0; index < 1100; index++) {
    record.note(now.slot, [`peer-${index}`])
    now.slot++
  }
  assert.deepEqual(
    ['peer-0', 'peer-75', 'peer-76', 'peer-1099'].map((peer) => record.counts(peer)),
    [false, false, true, true],
  )
})

test('what is noted of a slot is bounded', () => {
  const { now, record } = scene()
  const many = Array.from({ length: 100 }, (_, index) => `peer-${index}`)
  record.note(100, many)
  for (let ahead = 1; ahead < 20; ahead++) record.note(100 + ahead, [`ahead-${ahead}`])
  now.slot = 130
  assert.equal(many.filter((peer) => record.counts(peer)).length, 100, 'all are long silent')
  record.note(130, ['peer-0'])
  assert.equal(many.filter((peer) => record.counts(peer)).length, 64)
  assert.deepEqual(
    ['ahead-7', 'ahead-8'].map((peer) => record.counts(peer)),
    [true, false],
  )
})
