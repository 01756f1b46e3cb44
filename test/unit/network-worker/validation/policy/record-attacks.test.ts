/** What forgers try so that their word counts, or that of others does not. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { DISPUTED_SLOTS } from '../../../../../src/network-worker/validation/policy/chain-evidence.ts'
import { RECORD_SLOTS, SILENT_SLOTS } from '../../../../../src/network-worker/validation/policy/track-record.ts'
import { recordScene, SLOTS_PER_EPOCH } from './record-scene.ts'

/** A relay where alice has a record and mallory earned one too. */
function sceneWithMallory() {
  const scene = recordScene()
  scene.connect('alice')
  scene.slots(RECORD_SLOTS + 1, 'alice')
  scene.slots(RECORD_SLOTS, 'mallory', 'alice')
  scene.slots(SLOTS_PER_EPOCH, 'alice')
  assert.deepEqual(scene.counting('mallory'), ['mallory'])
  return scene
}

test('who forges beside the true block loses its record, and earns one no sooner than anybody', () => {
  const { now, block, slots, counting, head } = sceneWithMallory()
  block(['mallory'], 'forged', head())
  slots(1, 'alice')
  slots(DISPUTED_SLOTS - 2, 'alice')
  assert.deepEqual(counting('mallory'), ['mallory'], 'not known yet')
  slots(1, 'alice')
  assert.deepEqual(counting('mallory', 'alice'), ['alice'])
  const caughtSlot = now.slot
  slots(RECORD_SLOTS, 'mallory', 'alice')
  while (now.slot < caughtSlot + SLOTS_PER_EPOCH - 1) slots(1, 'alice')
  assert.deepEqual(counting('mallory'), [])
  slots(1, 'alice')
  assert.deepEqual(counting('mallory'), ['mallory'])
})

test('neither an early start nor a long stay speaks for who was caught', () => {
  const { now, record, block, slots, connect, counting, head } = recordScene()
  connect('alice', 'mallory')
  slots(RECORD_SLOTS + 1, 'alice')
  block(['mallory'], 'forged', head())
  slots(DISPUTED_SLOTS, 'alice')
  assert.deepEqual(counting('mallory'), [])
  slots(3 * SLOTS_PER_EPOCH, 'alice')
  assert.equal(record.counts('mallory'), false)
  const late = { slot: now.slot, independent: 1, isToldByAny: false, senders: ['mallory'] }
  assert.equal(record.isEnoughLate(late), false)
})

test('two that forge together are caught together', () => {
  const { now, block, slots, counting, head } = sceneWithMallory()
  slots(RECORD_SLOTS, 'merrier', 'alice')
  slots(SLOTS_PER_EPOCH, 'alice')
  assert.deepEqual(counting('mallory', 'merrier'), ['mallory', 'merrier'])
  for (let index = 0; index < DISPUTED_SLOTS; index++, now.slot++) {
    // Each built on the true block before it, as a forgery that a client is to look at must be.
    block(['mallory', 'merrier'], `forged ${now.slot}`, head())
    block(['alice'])
  }
  slots(1, 'alice')
  assert.deepEqual(counting('mallory', 'merrier', 'alice'), ['alice'])
})

test('nobody loses a record by what forgers send beside its blocks, even with children of their own', () => {
  const { block, slots, counting, head } = sceneWithMallory()
  block(['mallory'], 'forged', head())
  slots(1, 'alice')
  block(['mallory'], 'forged child', 'forged')
  slots(2 * DISPUTED_SLOTS, 'alice')
  assert.deepEqual(counting('alice'), ['alice'])
})

test('who is always second earns nothing, however often its word lets a block go on', () => {
  const { slots, connect, counting } = recordScene()
  connect('alice', 'copier')
  slots(RECORD_SLOTS + 1, 'alice')
  slots(8 * SLOTS_PER_EPOCH, 'alice', 'copier')
  assert.deepEqual(counting('alice', 'copier'), ['alice'])
})

test('an echo earns nothing: copies that come after a block went on are not noted', () => {
  const { slots, connect, counting, record, now } = recordScene()
  connect('alice')
  slots(RECORD_SLOTS + 1, 'alice')
  for (let slot = 0; slot < 2 * SLOTS_PER_EPOCH; slot++) {
    slots(1, 'alice')
    // The same message, were it noted again.
    record.note({ slot: now.slot - 1, msgId: `block ${now.slot - 1}`, senders: ['echo'] })
  }
  assert.deepEqual(counting('echo'), [])
})

test('blocks of old slots earn nothing', () => {
  const { record, slots, connect, counting, now } = recordScene()
  connect('alice')
  slots(RECORD_SLOTS + 1, 'alice')
  for (let index = 0; index < 2 * SLOTS_PER_EPOCH; index++) {
    slots(1, 'alice')
    const slot = now.slot - 3
    record.note({ slot, msgId: `old ${slot}`, senders: ['historian'] })
    record.onHashed(`old ${slot}`, { slot, root: `block ${slot}`, parentRoot: `block ${slot - 1}` })
  }
  assert.deepEqual(counting('historian'), [])
})

test('who counts cannot have it forgotten, by old blocks, that there was a block of this slot', () => {
  const { now, record, block } = sceneWithMallory()
  block(['alice'])
  const late = { slot: now.slot, independent: 9, isToldByAny: false, senders: [] }
  assert.equal(record.isEnoughLate(late), false)
  for (let age = 1; age <= 2 * SLOTS_PER_EPOCH; age++) {
    record.note({ slot: now.slot - age, msgId: `old ${age}`, senders: ['mallory'] })
  }
  assert.equal(record.isEnoughLate(late), false)
})

test('a forged block of a slot that stays empty earns nothing', () => {
  const { now, block, slots, connect, counting, head } = recordScene()
  connect('alice')
  slots(RECORD_SLOTS + 1, 'alice')
  for (let index = 0; index < 8; index++) {
    block(['mallory'], `forged ${now.slot}`, head())
    now.slot++
    slots(2, 'alice')
  }
  assert.deepEqual(counting('mallory'), [])
})

interface Step {
  readonly isAliceHeard: boolean
  readonly newcomer: 'none' | 'first' | 'forged' | 'echo'
}

/** What comes of a slot in which a newcomer tries something. @returns true when the newcomer was first with the true block */
function takeStep(
  { now, record, block, head }: ReturnType<typeof recordScene>,
  step: Step,
  mayBeFirst: boolean,
): boolean {
  const { isAliceHeard, newcomer } = step
  const isFirst = isAliceHeard && newcomer === 'first' && mayBeFirst
  if (newcomer === 'forged') block(['newcomer'], `forged ${now.slot}`, head())
  if (isAliceHeard) block(isFirst ? ['newcomer', 'alice'] : ['alice'])
  if (newcomer === 'echo') record.note({ slot: now.slot, msgId: `block ${now.slot}`, senders: ['newcomer'] })
  now.slot++
  return isFirst
}

test('whatever comes, who came after the first record and sent fewer than three blocks of the chain does not count beside it', () => {
  const newcomer = fc.constantFrom('none', 'first', 'forged', 'echo' as const)
  const steps = fc.array(fc.record({ isAliceHeard: fc.boolean(), newcomer }), { maxLength: 60 })
  fc.assert(
    fc.property(steps, (taken) => {
      const scene = recordScene()
      scene.connect('alice')
      scene.slots(RECORD_SLOTS + 1, 'alice')
      let firsts = 0
      let silentSlots = 0
      for (const step of taken) {
        if (takeStep(scene, step, firsts < RECORD_SLOTS - 1)) firsts++
        silentSlots = step.isAliceHeard ? 0 : silentSlots + 1
        assert.deepEqual(scene.counting('newcomer'), silentSlots >= SILENT_SLOTS ? ['newcomer'] : [])
        assert.deepEqual(scene.counting('alice'), ['alice'])
      }
    }),
  )
})
