/**
 * Blocks that cannot be verified, while a peer with a record sends its own: from that one, from those who were here before
 * it, and from those who have just come.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ssz } from '@lodestar/types'
import { RECORD_SLOTS, SILENT_SLOTS } from '../../../../../src/network-worker/validation/policy/track-record.ts'
import type { Verification } from '../../../../../src/network-worker/validation/verify/verifier.ts'
import { ALL_FORKS, SLOTS_PER_EPOCH } from '../judge-scene.ts'
import { fuluColumn } from '../sidecar-values.ts'
import { blockOf, policyScene, SLOT, settled, textOf, verifierOf } from './policy-scene.ts'

const { slotDurationMs } = ALL_FORKS
/** `a:x` has a record from this slot on. */
const KNOWN_SLOT = SLOT + RECORD_SLOTS + 1
const EARLY = SLOT - 5
/** Of the message after those of which the record is. */
const NEXT = `${RECORD_SLOTS + 2}`
const AFTER_NEXT = `${RECORD_SLOTS + 3}`

/** A relay in whose first slots `a:x` sent the blocks of the chain; `a:x` and `b:y` were here before. */
async function sceneWithRecord(
  verifier?: Parameters<typeof policyScene>[0],
  connected: Parameters<typeof policyScene>[1] = {},
) {
  const scene = policyScene(verifier, { 'a:x': EARLY, 'b:y': EARLY, ...connected })
  const check = scene.checkOf('beacon_block', 'strict')
  for (let slot = SLOT; slot < KNOWN_SLOT; slot++) {
    assert.equal(await settled(check(blockOf(slot, 6), 'a:x')), 'accept')
    const nth = slot - SLOT + 1
    scene.hashed(`${nth}`, slot, `${nth - 1}`)
    scene.clock.advance(slotDurationMs)
  }
  return { ...scene, check, slot: KNOWN_SLOT }
}

test('while nobody has a record, the first block of a slot goes on at once, whoever sends it', async () => {
  const { clock, checkOf, hashed } = policyScene(undefined, { 'a:x': EARLY })
  const check = checkOf('beacon_block', 'strict')
  for (let slot = SLOT; slot < SLOT + RECORD_SLOTS; slot++) {
    assert.equal(textOf(check(blockOf(slot, 6), 'a:x')), 'accept')
    hashed(`${slot - SLOT + 1}`, slot, `${slot - SLOT}`)
    clock.advance(slotDurationMs)
  }
  assert.equal(textOf(check(blockOf(SLOT + RECORD_SLOTS, 6), 'new:comer')), 'accept')
})

test('the first block of a newcomer waits for a peer that has a record', async () => {
  const { book, watch, check, slot } = await sceneWithRecord()
  const block = check(blockOf(slot, 7), 'new:comer')
  assert.equal(textOf(block), 'hold')
  book.onCopy(NEXT, 'other:newcomer')
  assert.equal(book.size, 1)
  book.onCopy(NEXT, 'a:x')
  assert.equal(await settled(block), 'accept')
  assert.equal(watch.isInDoubt, false)
})

test('who was here before there was a record, and who has one, is as quick as ever', async () => {
  const { clock, check, slot } = await sceneWithRecord()
  assert.equal(textOf(check(blockOf(slot, 7), 'b:y')), 'accept')
  clock.advance(slotDurationMs)
  assert.equal(textOf(check(blockOf(slot + 1, 8), 'a:x')), 'accept')
})

test('forged blocks of newcomers neither go on, however many send them, nor raise doubt', async () => {
  const { clock, book, watch, check, slot } = await sceneWithRecord()
  const twins = [check(blockOf(slot, 7, 1), 'n1:c1'), check(blockOf(slot, 7, 2), 'n2:c2')]
  for (let index = 3; index < 20; index++) for (const id of [NEXT, AFTER_NEXT]) book.onCopy(id, `n${index}:c${index}`)
  assert.equal(textOf(check(blockOf(slot, 7), 'a:x')), 'accept')
  assert.equal(watch.isInDoubt, false)
  clock.advance(4000)
  assert.deepEqual(await Promise.all(twins.map(settled)), ['ignore uncorroborated', 'ignore uncorroborated'])
})

test('everybody counts when nobody with a record sends a block of three slots', async () => {
  const { clock, check, slot } = await sceneWithRecord()
  clock.advance((SILENT_SLOTS - 1) * slotDurationMs)
  assert.equal(textOf(check(blockOf(slot + SILENT_SLOTS - 1, 7), 'new:comer')), 'hold')
  clock.advance(slotDurationMs)
  assert.equal(textOf(check(blockOf(slot + SILENT_SLOTS, 8), 'new:comer')), 'accept')
})

test("the word of the operator's peer is enough for a newcomer's block, and its own blocks are as good as a record", async () => {
  const { book, checkOf } = policyScene()
  const check = checkOf('beacon_block', 'strict')
  assert.equal(textOf(check(blockOf(SLOT - 1, 6), 'own')), 'accept')
  const block = check(blockOf(SLOT, 7), 'new:comer')
  assert.equal(textOf(block), 'hold')
  book.onCopy('2', 'own')
  assert.equal(await settled(block), 'accept')
})

test('in doubt a newcomer counts for nothing beside one with a record', async () => {
  const { clock, book, watch, check, slot } = await sceneWithRecord()
  void check(blockOf(slot, 7, 1), 'a:x')
  void check(blockOf(slot, 7), 'a:x')
  assert.ok(watch.isInDoubt)
  const block = check(blockOf(slot, 7, 2), 'new:comer')
  book.onCopy(`${RECORD_SLOTS + 4}`, 'a:x')
  clock.advance(4000)
  assert.equal(await settled(block), 'ignore uncorroborated')
})

test('in doubt, a block of one with a record and of a stranger goes on late, when no other of its slot has', async () => {
  const { clock, book, check, slot } = await sceneWithRecord()
  void check(blockOf(slot, 7, 1), 'a:x')
  void check(blockOf(slot, 7), 'a:x')
  clock.advance(slotDurationMs)
  const blocks = [check(blockOf(slot + 1, 8), 'a:x'), check(blockOf(slot + 1, 9), 'b:y')]
  book.onCopy(`${RECORD_SLOTS + 4}`, 'new:comer')
  clock.advance(4000)
  assert.deepEqual(await Promise.all(blocks.map(settled)), ['accept', 'ignore uncorroborated'])
})

test('what is verified needs no record', async () => {
  const { check, slot } = await sceneWithRecord(verifierOf('valid'))
  assert.equal(await settled(check(blockOf(slot, 7), 'new:comer')), 'accept')
})

test('without an answer where there are keys, two whose word counts must have sent it', async () => {
  const answers = { next: 'valid' as Verification }
  const verifier = { ...verifierOf('valid'), verify: async () => answers.next }
  const { clock, book, watch, check, slot } = await sceneWithRecord(verifier)
  answers.next = 'unavailable'
  const blocks = [check(blockOf(slot, 8, 1), 'n1:c1'), check(blockOf(slot, 8), 'n2:c2')]
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(book.size, 2)
  assert.equal(watch.isInDoubt, false, 'newcomers contradict nobody')
  for (const peer of ['n2:c2', 'n3:c3', 'n4:c4', 'a:x']) book.onCopy(NEXT, peer)
  for (const peer of ['a:x', 'b:y']) book.onCopy(AFTER_NEXT, peer)
  clock.advance(4000)
  assert.deepEqual(await Promise.all(blocks.map(settled)), ['ignore uncorroborated', 'accept'])
})

test('late is better than never: more strangers than have a record are enough when none of these has sent a block of the slot', async () => {
  const { clock, book, check, slot } = await sceneWithRecord()
  const blocks = [check(blockOf(slot, 7), 'n1:c1'), check(blockOf(slot, 8), 'n2:c2')]
  book.onCopy(NEXT, 'n3:c3')
  clock.advance(4000)
  assert.deepEqual(await Promise.all(blocks.map(settled)), ['accept', 'ignore uncorroborated'])
})

test('and so is one that has been here for two epochs, since nobody else may have what it sends', async () => {
  const { clock, checkOf } = policyScene(undefined, { 'long:here': SLOT - 2 * SLOTS_PER_EPOCH + 2 })
  const check = checkOf('beacon_block', 'strict')
  assert.equal(textOf(check(blockOf(SLOT - 1, 6), 'own')), 'accept')
  const blocks = [check(blockOf(SLOT, 7), 'long:here'), check(blockOf(SLOT, 8), 'new:comer')]
  clock.advance(4000)
  assert.deepEqual(await Promise.all(blocks.map(settled)), ['accept', 'ignore uncorroborated'])
})

test('what goes on late by the word of strangers takes nobody’s place, and the true block that follows raises no doubt', async () => {
  const { clock, book, watch, check, slot } = await sceneWithRecord()
  const forged = check(blockOf(slot, 7, 1), 'n1:c1')
  book.onCopy(NEXT, 'n2:c2')
  clock.advance(slotDurationMs)
  assert.equal(textOf(check(blockOf(slot + 1, 8), 'a:x')), 'accept')
  clock.advance(4000 - slotDurationMs)
  assert.equal(await settled(forged), 'accept')
  void check(blockOf(slot, 7), 'a:x')
  assert.equal(watch.isInDoubt, false)
})

test('in doubt, one that goes on late by the word of one with a record too is the block of its slot', async () => {
  const { clock, book, check, slot } = await sceneWithRecord()
  void check(blockOf(slot, 7, 1), 'a:x')
  void check(blockOf(slot, 7), 'a:x')
  clock.advance(slotDurationMs)
  const blocks = [check(blockOf(slot + 1, 8), 'n1:c1'), check(blockOf(slot + 1, 9), 'n2:c2')]
  book.onCopy(`${RECORD_SLOTS + 4}`, 'a:x')
  for (const peerId of ['n3:c3', 'n4:c4', 'n5:c5']) book.onCopy(`${RECORD_SLOTS + 5}`, peerId)
  clock.advance(slotDurationMs)
  assert.equal(textOf(check(blockOf(slot + 2, 6), 'own')), 'accept', 'those who count are not silent')
  clock.advance(4000 - slotDurationMs)
  assert.deepEqual(await Promise.all(blocks.map(settled)), ['accept', 'ignore uncorroborated'])
})

test('sidecars of newcomers go on at once, and neither raise doubt nor take the place of others', async () => {
  const { watch, checkOf, check, slot } = await sceneWithRecord()
  const column = (proposerIndex: number): Uint8Array => {
    const value = fuluColumn(slot, 5)
    value.signedBlockHeader.message.proposerIndex = proposerIndex
    return ssz.fulu.DataColumnSidecar.serialize(value)
  }
  const checkColumn = checkOf('data_column_sidecar_5', 'strict')
  assert.equal(textOf(checkColumn(column(66), 'new:comer')), 'accept')
  assert.equal(textOf(checkColumn(column(67), 'other:newcomer')), 'hold', 'the second of its slot')
  assert.equal(textOf(check(blockOf(slot, 7), 'a:x')), 'accept')
  assert.equal(textOf(checkColumn(column(68), 'other:newcomer')), 'hold', 'it contradicts the block')
  assert.equal(textOf(checkColumn(column(7), 'b:y')), 'accept')
  assert.equal(watch.isInDoubt, false)
})
