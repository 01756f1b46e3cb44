/**
 * Blocks that cannot be verified, while a peer of the operator's sends its own: from peers that have sent some before, and
 * from those who have just come.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SILENT_SLOTS } from '../../../../../src/network-worker/validation/policy/track-record.ts'
import type { Verification } from '../../../../../src/network-worker/validation/verify/verifier.ts'
import { ALL_FORKS } from '../judge-scene.ts'
import { blockOf, policyScene, SLOT, settled, textOf, verifierOf } from './policy-scene.ts'

const { slotDurationMs } = ALL_FORKS

/** A relay in the second slot whose blocks come from the operator's peer; that of the first came from `a:x`. */
async function sceneWithRecord(...scene: Parameters<typeof policyScene>) {
  const { clock, book, watch, checkOf } = policyScene(...scene)
  const check = checkOf('beacon_block', 'strict')
  assert.equal(await settled(check(blockOf(SLOT, 6), 'a:x')), 'accept')
  clock.advance(slotDurationMs)
  assert.equal(textOf(check(blockOf(SLOT + 1, 6), 'own')), 'accept')
  clock.advance(slotDurationMs)
  return { clock, book, watch, check, slot: SLOT + 2 }
}

test('the first block of a newcomer waits for a peer that has a record, and then speaks for the newcomer', async () => {
  const { clock, book, watch, check, slot } = await sceneWithRecord()
  const block = check(blockOf(slot, 7), 'new:comer')
  assert.equal(textOf(block), 'hold')
  book.onCopy('3', 'other:newcomer')
  assert.equal(book.size, 1)
  book.onCopy('3', 'a:x')
  assert.equal(await settled(block), 'accept')
  assert.equal(watch.isInDoubt, false)
  clock.advance(slotDurationMs)
  assert.equal(textOf(check(blockOf(slot + 1, 8), 'new:comer')), 'accept')
})

test('forged blocks of newcomers neither go on, however many send them, nor raise doubt', async () => {
  const { clock, book, watch, check, slot } = await sceneWithRecord()
  const twins = [check(blockOf(slot, 7, 1), 'n1:c1'), check(blockOf(slot, 7, 2), 'n2:c2')]
  for (let index = 3; index < 20; index++) for (const id of ['3', '4']) book.onCopy(id, `n${index}:c${index}`)
  assert.equal(textOf(check(blockOf(slot, 7), 'a:x')), 'accept')
  assert.equal(watch.isInDoubt, false)
  clock.advance(4000)
  assert.deepEqual(await Promise.all(twins.map(settled)), ['ignore uncorroborated', 'ignore uncorroborated'])
})

test("everybody counts when the operator's peer falls silent", async () => {
  const { clock, check, slot } = await sceneWithRecord()
  clock.advance((SILENT_SLOTS - 1) * slotDurationMs)
  assert.equal(textOf(check(blockOf(slot + SILENT_SLOTS - 1, 7), 'new:comer')), 'hold')
  clock.advance(slotDurationMs)
  assert.equal(textOf(check(blockOf(slot + SILENT_SLOTS, 8), 'new:comer')), 'accept')
})

test("the word of the operator's peer is enough for a newcomer's block", async () => {
  const { book, check, slot } = await sceneWithRecord()
  const block = check(blockOf(slot, 7), 'new:comer')
  assert.equal(textOf(block), 'hold')
  book.onCopy('3', 'own')
  assert.equal(await settled(block), 'accept')
})

test('in doubt a newcomer counts for nothing beside one with a record', async () => {
  const { clock, book, watch, check, slot } = await sceneWithRecord()
  void check(blockOf(slot, 7, 1), 'a:x')
  void check(blockOf(slot, 7), 'a:x')
  assert.ok(watch.isInDoubt)
  const block = check(blockOf(slot, 7, 2), 'new:comer')
  book.onCopy('5', 'a:x')
  clock.advance(4000)
  assert.equal(await settled(block), 'ignore uncorroborated')
})

test('what is verified needs no record', async () => {
  const { check, slot } = await sceneWithRecord(verifierOf('valid'))
  assert.equal(await settled(check(blockOf(slot, 7), 'new:comer')), 'accept')
})

test('without an answer where there are keys, two that have a record must have sent it', async () => {
  const answers = { next: 'valid' as Verification }
  const verifier = { ...verifierOf('valid'), verify: async () => answers.next }
  const { clock, book, check, slot } = await sceneWithRecord(verifier)
  assert.equal(await settled(check(blockOf(slot, 7), 'b:y')), 'accept')
  clock.advance(slotDurationMs)
  answers.next = 'unavailable'
  const blocks = [check(blockOf(slot + 1, 8, 1), 'n1:c1'), check(blockOf(slot + 1, 8), 'n2:c2')]
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(book.size, 2)
  for (const peer of ['n2:c2', 'n3:c3', 'n4:c4', 'a:x']) book.onCopy('4', peer)
  for (const peer of ['a:x', 'b:y']) book.onCopy('5', peer)
  clock.advance(4000)
  assert.deepEqual(await Promise.all(blocks.map(settled)), ['ignore uncorroborated', 'accept'])
})

test('a peer that has been here for long counts without a record', async () => {
  const { check, slot } = await sceneWithRecord(undefined, new Set(['long:here']))
  assert.equal(textOf(check(blockOf(slot, 7), 'long:here')), 'accept')
})

test('late is better than never: two strangers are enough when nobody who counts has sent a block of the slot', async () => {
  const { clock, book, check, slot } = await sceneWithRecord()
  const blocks = [check(blockOf(slot, 7), 'n1:c1'), check(blockOf(slot, 8), 'n2:c2')]
  book.onCopy('3', 'n3:c3')
  clock.advance(4000)
  assert.deepEqual(await Promise.all(blocks.map(settled)), ['accept', 'ignore uncorroborated'])
})
