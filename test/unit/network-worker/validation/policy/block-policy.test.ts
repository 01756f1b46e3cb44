/** Blocks under `strict`: verified where that can be, else the first of a slot at once and twins by corroboration. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Verification, Verifier } from '../../../../../src/network-worker/validation/verify/verifier.ts'
import { ALL_FORKS } from '../judge-scene.ts'
import { blockOf, policyScene, SLOT, settled, textOf, verifierOf } from './policy-scene.ts'

const { slotsPerEpoch, slotDurationMs } = ALL_FORKS

/** Keys of some proposers. */
function knows(proposers: ReadonlySet<number>): Verifier['prospect'] {
  return (_topic, _ssz, { proposer }) =>
    proposer !== undefined && proposers.has(proposer.proposerIndex) ? 'open' : 'none'
}

test('without keys, the first block of each slot is accepted in its turn', () => {
  const { clock, checkOf } = policyScene()
  const check = checkOf('beacon_block', 'strict')
  for (let slot = SLOT; slot < SLOT + 5; slot++) {
    assert.equal(textOf(check(blockOf(slot, slot), 'a:x')), 'accept')
    clock.advance(slotDurationMs)
  }
})

test('a forged twin does not keep the true block out: it goes on once another peer has sent it', async () => {
  const { clock, book, checkOf } = policyScene()
  const check = checkOf('beacon_block', 'strict')
  assert.equal(textOf(check(blockOf(SLOT, 7, 1), 'spam:mer')), 'accept')
  const block = check(blockOf(SLOT, 7), 'a:x')
  assert.equal(textOf(block), 'hold')
  book.onCopy('2', 'a:y')
  assert.equal(book.size, 1)
  book.onCopy('2', 'b:y')
  assert.equal(await settled(block), 'accept')
  const alone = check(blockOf(SLOT, 8), 'spam:mer')
  clock.advance(4000)
  assert.equal(await settled(alone), 'ignore uncorroborated')
})

test('in doubt, the first of a slot waits too, for two epochs', () => {
  const { clock, checkOf } = policyScene()
  const check = checkOf('beacon_block', 'strict')
  void check(blockOf(SLOT, 7), 'a:x')
  void check(blockOf(SLOT, 8), 'a:x')
  clock.advance(slotDurationMs)
  assert.equal(textOf(check(blockOf(SLOT + 1, 9), 'a:x')), 'hold')
  clock.advance((2 * slotsPerEpoch - 1) * slotDurationMs)
  const later = SLOT + 2 * slotsPerEpoch
  assert.equal(textOf(check(blockOf(later, 9), 'a:x')), 'accept')
})

test('forgeries that nobody else sends use up nothing of what may pass', async () => {
  const { book, checkOf } = policyScene()
  const check = checkOf('beacon_block', 'strict')
  for (let i = 0; i < 50; i++) void check(blockOf(SLOT, 100 + i), 'spam:mer')
  for (let i = 0; i < 5; i++) void check(blockOf(SLOT, 7, 1 + i), 'spam:mer')
  const block = check(blockOf(SLOT, 7), 'a:x')
  book.onCopy('56', 'b:y')
  assert.equal(await settled(block), 'accept')
})

test("a block of the operator's peer never waits, and shows which one came second", () => {
  const { checkOf } = policyScene()
  const check = checkOf('beacon_block', 'strict')
  for (let i = 0; i < 20; i++) void check(blockOf(SLOT, 100 + i), 'spam:mer')
  assert.equal(textOf(check(blockOf(SLOT, 7), 'own')), 'accept')

  const other = policyScene().checkOf('beacon_block', 'strict')
  assert.equal(textOf(other(blockOf(SLOT, 7), 'own')), 'accept')
  assert.equal(textOf(other(blockOf(SLOT, 8), 'spam:mer')), 'hold')
})

test("a peer of the operator's is not believed what the message itself refutes", () => {
  const { checkOf } = policyScene()
  const check = checkOf('beacon_block', 'strict')
  assert.equal(textOf(check(blockOf(SLOT + 5, 7), 'own')), 'ignore future_slot')
  assert.equal(textOf(check(blockOf(SLOT, 7).subarray(1), 'own')), 'reject bad_layout')
})

test('what is verified holds its claim: twins do not go on, and are verified for the sake of who sent them', async () => {
  const answers = { next: 'valid' as Verification }
  const { watch, checkOf } = policyScene({ ...verifierOf('valid'), verify: async () => answers.next })
  const check = checkOf('beacon_block', 'strict')
  const block = check(blockOf(SLOT, 7), 'a:x')
  assert.equal(textOf(block), 'hold', 'the mesh is told of it when it is accepted')
  assert.equal(await settled(block), 'accept')
  for (const [answer, verdict] of [
    ['valid', 'ignore already_known'],
    ['unavailable', 'ignore already_known'],
    ['invalid', 'reject bad_signature'],
    ['disproven', 'reject bad_proof'],
  ] as const) {
    answers.next = answer
    const twin = check(blockOf(SLOT, 7, 1), 'b:y')
    assert.equal(textOf(twin), 'promise', 'the mesh may be told of it: no copies are wanted')
    assert.equal(await settled(twin), verdict)
  }
  assert.equal(textOf(check(blockOf(SLOT, 7, 1), 'own')), 'ignore already_known')
  assert.equal(watch.isInDoubt, false)
})

test('beside a valid block, one of a proposer whose key is not known waits', async () => {
  const keyed = new Set([7])
  const verifier = { ...verifierOf('valid'), prospect: knows(keyed) }
  const { checkOf } = policyScene(verifier)
  const check = checkOf('beacon_block', 'strict')
  assert.equal(await settled(check(blockOf(SLOT, 7), 'a:x')), 'accept')
  assert.equal(textOf(check(blockOf(SLOT, 8), 'spam:mer')), 'hold')
})

test('of two valid ones under way at once, one goes on', async () => {
  const { checkOf } = policyScene(verifierOf('valid'))
  const check = checkOf('beacon_block', 'strict')
  const both = [check(blockOf(SLOT, 7), 'a:x'), check(blockOf(SLOT, 7, 1), 'b:y')]
  assert.deepEqual(await Promise.all(both.map(settled)), ['accept', 'ignore already_known'])
})

test('what is verified as forged is rejected, and raises no doubt', async () => {
  const { watch, checkOf } = policyScene(verifierOf('invalid'))
  const check = checkOf('beacon_block', 'strict')
  for (let i = 0; i < 3; i++) assert.equal(await settled(check(blockOf(SLOT, i), 'a:x')), 'reject bad_signature')
  assert.equal(watch.isInDoubt, false)
})

test('when verification has no answer, though there are keys, not even the first of a slot goes on unseen by others', async () => {
  const { book, checkOf } = policyScene(verifierOf('unavailable'))
  const check = checkOf('beacon_block', 'strict')
  const first = check(blockOf(SLOT, 7), 'a:x')
  await new Promise(setImmediate)
  assert.equal(book.size, 1)
  book.onCopy('1', 'b:y')
  assert.equal(await settled(first), 'accept')
  const copies = new Set<string>()
  const second = check(blockOf(SLOT, 8), 'a:x', copies)
  // Sent while it was being verified.
  copies.add('b:y')
  assert.equal(await settled(second), 'accept')
  assert.equal(book.size, 0)
})
