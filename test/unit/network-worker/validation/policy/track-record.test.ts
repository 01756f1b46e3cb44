import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SILENT_SLOTS, TrackRecord } from '../../../../../src/network-worker/validation/policy/track-record.ts'

function scene() {
  const now = { slot: 100 }
  const disputed = new Set<number>()
  const record = new TrackRecord({
    currentSlot: () => now.slot,
    isDisputed: (slot) => disputed.has(slot),
    isBelieved: (peerId) => peerId === 'own',
    isNew: (peerId) => peerId !== 'old',
  })
  const counting = (...peers: string[]): readonly string[] => peers.filter((peer) => record.counts(peer))
  return { now, disputed, record, counting }
}

test('without peers of the operator everybody counts, whoever has a record', () => {
  const { now, record, counting } = scene()
  record.note(100, ['alice'])
  now.slot++
  assert.deepEqual(counting('alice', 'newcomer'), ['alice', 'newcomer'])
})

test('beside one of the operator those count who have a record, from the end of its slot on', () => {
  const { now, record, counting } = scene()
  assert.deepEqual(counting('newcomer'), ['newcomer'])
  record.note(100, ['alice'])
  record.note(100, ['own', 'bob'])
  assert.deepEqual(counting('alice', 'bob', 'newcomer'), [])
  now.slot++
  assert.deepEqual(counting('alice', 'bob', 'newcomer'), ['alice', 'bob'])
})

test('who has been here for long counts without a record', () => {
  const { record, counting } = scene()
  record.note(100, ['own'])
  assert.deepEqual(counting('newcomer', 'old'), ['old'])
})

test('a slot is heard when somebody whose word counts sent a block of it that passed', () => {
  const { now, record } = scene()
  record.note(100, ['own'])
  record.note(101, ['newcomer'])
  assert.deepEqual(
    [100, 101].map((slot) => record.isHeard(slot)),
    [true, false],
  )
  now.slot = 102
  record.note(101, ['newcomer', 'old'])
  assert.ok(record.isHeard(101))
  for (let slot = 102; slot < 110; slot++) record.note(slot, ['own'])
  assert.equal(record.isHeard(100), false)
})

test('a slot with a dispute makes no record, nor does one that is over', () => {
  const { now, record, disputed, counting } = scene()
  record.note(99, ['late'])
  record.note(100, ['own', 'forger'])
  disputed.add(100)
  now.slot++
  record.note(101, ['own', 'alice'])
  now.slot++
  assert.deepEqual(counting('late', 'forger', 'alice'), ['alice'])
})

test("when the operator's peers fall silent, others are all there is", () => {
  const { now, record, counting } = scene()
  record.note(100, ['own', 'alice'])
  now.slot = 100 + SILENT_SLOTS
  assert.deepEqual(counting('alice', 'newcomer'), ['alice'])
  now.slot++
  assert.deepEqual(counting('alice', 'newcomer'), ['alice', 'newcomer'])
  record.note(now.slot, ['alice', 'own'])
  assert.deepEqual(counting('alice', 'newcomer'), ['alice'])
})

test('a thousand are remembered, those whom we heard last', () => {
  const { now, record, counting } = scene()
  for (let index = 0; index < 1100; index++) {
    record.note(now.slot, [`peer-${index}`])
    now.slot++
  }
  record.note(now.slot, ['own'])
  assert.deepEqual(counting('peer-0', 'peer-75', 'peer-76', 'peer-1099'), ['peer-76', 'peer-1099'])
})

test('what is noted of a slot is bounded, and so are the slots', () => {
  const { now, record, counting } = scene()
  const many = Array.from({ length: 100 }, (_, index) => `peer-${index}`)
  record.note(100, many)
  for (let ahead = 1; ahead < 20; ahead++) record.note(100 + ahead, [`ahead-${ahead}`])
  now.slot = 130
  record.note(130, ['own'])
  assert.equal(counting(...many).length, 64)
  assert.deepEqual(counting('ahead-3', 'ahead-4'), ['ahead-3'])
})
