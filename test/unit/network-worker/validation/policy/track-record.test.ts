/** Who counts for blocks, and from when on. What forgers try is in record-attacks.test.ts. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RECORD_SLOTS, SILENT_SLOTS } from '../../../../../src/network-worker/validation/policy/track-record.ts'
import { recordScene, SLOTS_PER_EPOCH, START } from './record-scene.ts'

/** Slots with blocks until a record of them is known: the last one's child must have come, and its slot be over. */
const KNOWN_AFTER = RECORD_SLOTS + 1

test('at the start everybody counts', () => {
  const { slots, connect, counting } = recordScene()
  connect('alice')
  assert.deepEqual(counting('alice', 'newcomer'), ['alice', 'newcomer'])
  slots(KNOWN_AFTER - 1, 'alice')
  assert.deepEqual(counting('alice', 'newcomer'), ['alice', 'newcomer'])
})

test('three blocks of the chain are a record, and then whoever comes does not count', () => {
  const { slots, connect, counting } = recordScene()
  connect('alice', 'bob')
  slots(KNOWN_AFTER, 'alice')
  connect('latecomer')
  assert.deepEqual(counting('alice', 'bob', 'latecomer', 'newcomer'), ['alice', 'bob'])
})

test('who was here before counts for some epochs, in which it can earn a record', () => {
  const { now, slots, connect, counting } = recordScene()
  connect('alice', 'bob', 'carol')
  slots(KNOWN_AFTER, 'alice')
  slots(RECORD_SLOTS, 'bob')
  slots(8 * SLOTS_PER_EPOCH - RECORD_SLOTS - 1, 'alice')
  assert.equal(now.slot, START + KNOWN_AFTER + 8 * SLOTS_PER_EPOCH - 1)
  assert.deepEqual(counting('alice', 'bob', 'carol'), ['alice', 'bob', 'carol'])
  slots(1, 'alice')
  assert.deepEqual(counting('alice', 'bob', 'carol'), ['alice', 'bob'])
})

test('who comes later has a record an epoch after its first block, however many it sends', () => {
  const { slots, connect, counting } = recordScene()
  connect('alice')
  slots(KNOWN_AFTER, 'alice')
  connect('bob')
  slots(SLOTS_PER_EPOCH - 1, 'bob', 'alice')
  assert.deepEqual(counting('bob'), [])
  slots(1, 'alice')
  assert.deepEqual(counting('bob'), ['bob'])
})

test('one block is none, nor are two', () => {
  const { slots, connect, counting } = recordScene()
  connect('alice')
  slots(KNOWN_AFTER, 'alice')
  slots(RECORD_SLOTS - 1, 'bob', 'alice')
  slots(3 * SLOTS_PER_EPOCH, 'alice')
  assert.deepEqual(counting('bob'), [])
})

test('who leaves and comes back has what it had', () => {
  const { slots, connect, counting } = recordScene()
  connect('alice')
  slots(KNOWN_AFTER, 'alice')
  slots(RECORD_SLOTS, 'bob', 'alice')
  slots(SLOTS_PER_EPOCH, 'alice')
  connect('bob')
  assert.deepEqual(counting('bob'), ['bob'])
})

test('when those with a record are silent for longer than two slots, others are all there is', () => {
  const { now, block, slots, connect, counting } = recordScene()
  connect('alice')
  slots(KNOWN_AFTER, 'alice')
  now.slot += SILENT_SLOTS - 1
  assert.deepEqual(counting('newcomer'), [])
  now.slot++
  assert.deepEqual(counting('newcomer'), ['newcomer'])
  block(['alice'])
  assert.deepEqual(counting('newcomer'), [])
})

test("a block of the operator's peer is enough, and then nobody counts for having been here before", () => {
  const { block, slots, connect, counting } = recordScene()
  connect('bob')
  block(['own'])
  assert.deepEqual(counting('bob', 'newcomer'), [])
  slots(SLOTS_PER_EPOCH + 2, 'bob', 'own')
  assert.deepEqual(counting('bob', 'newcomer'), ['bob'])
})

test('a record of an earlier run speaks from its first block on', () => {
  const { block, now, connect, counting } = recordScene(['alice'])
  connect('early')
  now.slot++
  assert.deepEqual(counting('newcomer'), ['newcomer'])
  block(['alice'])
  connect('late')
  assert.deepEqual(counting('alice', 'early', 'late', 'newcomer'), ['alice', 'early'])
})

test('for anything but blocks an epoch is enough', () => {
  const { now, record, slots, connect, counting } = recordScene()
  connect('alice')
  slots(KNOWN_AFTER, 'alice')
  connect('bob')
  slots(SLOTS_PER_EPOCH - 1, 'alice')
  assert.equal(record.counts('bob'), false)
  slots(1, 'alice')
  assert.ok(record.counts('bob'))
  assert.deepEqual(counting('bob'), [])
  now.slot += 3
  assert.ok(record.counts('newcomer'))
})

test('a thousand are remembered, those whose blocks came last', () => {
  const { slots, connect, counting } = recordScene(Array.from({ length: 1024 }, (_, index) => `known-${index}`))
  connect('alice', 'bob')
  slots(KNOWN_AFTER, 'known-9')
  slots(RECORD_SLOTS, 'bob')
  slots(8 * SLOTS_PER_EPOCH, 'known-9')
  assert.deepEqual(counting('known-0', 'known-1', 'known-9', 'bob', 'alice'), ['known-1', 'known-9', 'bob'])
})

test('late is better than never: more strangers than there are with a record, or one who has been here for long', () => {
  const { now, record, block, slots, connect } = recordScene()
  const isEnough = (independent: number, ...senders: string[]): boolean =>
    record.isEnoughLate({ slot: now.slot, independent, isToldByAny: false, senders })
  connect('alice', 'bob')
  slots(KNOWN_AFTER, 'alice')
  assert.deepEqual([isEnough(1), isEnough(2)], [false, true])
  slots(RECORD_SLOTS, 'bob', 'alice')
  slots(2, 'alice')
  assert.deepEqual([isEnough(2), isEnough(3)], [false, true])
  // Bob sends no more.
  connect('stayed')
  slots(2 * SLOTS_PER_EPOCH - 1, 'alice')
  assert.deepEqual([isEnough(1, 'newcomer', 'stayed'), isEnough(2, 'newcomer')], [false, true])
  slots(1, 'alice')
  assert.ok(isEnough(1, 'newcomer', 'stayed'))
  block(['alice'])
  assert.equal(isEnough(5, 'stayed'), false, 'somebody with a record has sent one')
})
