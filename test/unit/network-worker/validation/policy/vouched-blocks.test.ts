/** Blocks that more speaks for than the word of one peer, as those are told who keep what passes. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VouchedIds } from '../../../../../src/network-worker/validation/policy/vouched-ids.ts'
import { blockOf, policyScene, SLOT, settled, textOf, verifierOf } from './policy-scene.ts'

test('a block at the word of one peer is accepted, and not vouched for', () => {
  const { vouched, checkOf } = policyScene()
  assert.equal(textOf(checkOf('beacon_block', 'strict')(blockOf(SLOT, 7), 'a:x')), 'accept')
  assert.equal(textOf(checkOf('beacon_block', 'blind')(blockOf(SLOT, 8), 'a:x')), 'accept')
  assert.deepEqual([vouched.take('1'), vouched.take('2')], [false, false])
})

test('a signature, a second peer and a peer of the operator vouch for one', async () => {
  const verified = policyScene(verifierOf('valid'))
  assert.equal(await settled(verified.checkOf('beacon_block', 'strict')(blockOf(SLOT, 7), 'a:x')), 'accept')
  assert.ok(verified.vouched.take('1'))

  const { book, vouched, checkOf } = policyScene()
  const check = checkOf('beacon_block', 'strict')
  void check(blockOf(SLOT, 7, 1), 'spam:mer')
  const block = check(blockOf(SLOT, 7), 'a:x')
  book.onCopy('2', 'b:y')
  assert.equal(await settled(block), 'accept')
  assert.ok(vouched.take('2'))
  assert.equal(textOf(check(blockOf(SLOT, 8), 'own')), 'accept')
  assert.ok(vouched.take('3'))
  assert.equal(vouched.take('3'), false, 'asked once')
})

test('so do as many peers as the operator asks for', async () => {
  const { book, vouched, checkOf } = policyScene()
  const block = checkOf('beacon_block', 'corroborate(2)')(blockOf(SLOT, 7), 'a:x')
  book.onCopy('1', 'b:y')
  assert.equal(await settled(block), 'accept')
  assert.ok(vouched.take('1'))
})

test('what nobody asks for is forgotten', () => {
  const vouched = new VouchedIds()
  for (let index = 0; index < 65; index++) vouched.add(`${index}`)
  assert.deepEqual([vouched.take('0'), vouched.take('1'), vouched.take('64')], [false, true, true])
})
