/** What forgers may try so that a true block does not go on, or that more than one of a slot does. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ssz } from '@lodestar/types'
import { ACCEPT } from '../../../../../src/network-worker/validation/verdict.ts'
import type { Verification, Verifier } from '../../../../../src/network-worker/validation/verify/verifier.ts'
import { ALL_FORKS } from '../judge-scene.ts'
import { singleAttestation } from '../vote-values.ts'
import { blockOf, policyScene, SLOT, settled, textOf, verifierOf } from './policy-scene.ts'

const { slotsPerEpoch, slotDurationMs } = ALL_FORKS

/** Lets verifications be heard. */
async function heard(): Promise<void> {
  await new Promise(setImmediate)
}

test('a forged twin, and another one by two peers that play together: the true block needs one peer more', async () => {
  const { book, checkOf } = policyScene()
  const check = checkOf('beacon_block', 'strict')
  assert.equal(textOf(check(blockOf(SLOT, 7, 1), 'spam:mer')), 'accept')
  const twin = check(blockOf(SLOT, 7, 2), 'spam:mer')
  book.onCopy('2', 'accomplice:merrier')
  assert.equal(await settled(twin), 'accept')

  const block = check(blockOf(SLOT, 7), 'a:x')
  book.onCopy('3', 'b:y')
  assert.equal(book.size, 1, 'two could be those two')
  book.onCopy('3', 'c:z')
  assert.equal(await settled(block), 'accept')
})

test('two peers that play together pass one block a slot, whatever proposers they name', async () => {
  const { book, checkOf } = policyScene()
  const check = checkOf('beacon_block', 'strict')
  let passed = 0
  for (let i = 0; i < 30; i++) {
    const forged = check(blockOf(SLOT, 100 + i), 'spam:mer')
    book.onCopy(`${i + 1}`, 'accomplice:merrier')
    if (textOf(forged) === 'accept') passed++
    else void settled(forged).then((text) => (passed += text === 'accept' ? 1 : 0))
  }
  await heard()
  assert.equal(passed, 2, 'the first of the slot, and one by both')
  const block = check(blockOf(SLOT, 7), 'a:x', new Set(['b:y', 'c:z']))
  assert.equal(await settled(block), 'accept')
})

test('of old slots that had no block nothing goes on at once: they use up no room of the current one', () => {
  const { book, checkOf } = policyScene()
  const check = checkOf('beacon_block', 'strict')
  const oldest = slotsPerEpoch + 4
  for (let age = 2; age <= oldest; age++) {
    assert.equal(textOf(check(blockOf(SLOT - age, 100 + age), 'spam:mer')), 'hold')
  }
  assert.equal(textOf(check(blockOf(SLOT - 1, 6), 'a:x')), 'accept', 'late')
  assert.equal(textOf(check(blockOf(SLOT, 7), 'a:x')), 'accept')
  for (let id = 1; id < oldest; id++) book.onCopy(`${id}`, 'accomplice:merrier')
  assert.equal(textOf(check(blockOf(SLOT - 2, 5), 'a:x', new Set(['b:y', 'c:z', 'd:w']))), 'accept')
})

test('late copies: who sent it before counts when the message is judged once more', async () => {
  const { clock, book, checkOf } = policyScene()
  const check = checkOf('voluntary_exit', 'corroborate(2)')
  const exit = ssz.phase0.SignedVoluntaryExit.serialize(ssz.phase0.SignedVoluntaryExit.defaultValue())
  const alone = check(exit, 'a:x')
  clock.advance(4000)
  assert.equal(await settled(alone), 'ignore uncorroborated')
  // The way in gives it the same id.
  const message = { msgId: '1', sizeBytes: 100, needed: () => 2, admit: () => ACCEPT, timeMs: 4000, from: 'b:y' }
  assert.equal(book.hold(message), ACCEPT)
})

test('with a lookahead, a block of another proposer is neither the first of its slot nor a reason to blame anybody', async () => {
  const { book, checkOf } = policyScene(verifierOf('unavailable'))
  const check = checkOf('beacon_block', 'strict')
  const block = check(blockOf(SLOT, 8), 'a:x')
  await heard()
  assert.equal(book.size, 1)
  book.onCopy('1', 'b:y')
  assert.equal(await settled(block), 'accept')
})

test('without a lookahead, whoever has a key may be first in each slot, and the next proposer waits for another peer', async () => {
  const { book, checkOf } = policyScene(verifierOf('valid'))
  const check = checkOf('beacon_block', 'strict')
  assert.equal(await settled(check(blockOf(SLOT, 666), 'spam:mer')), 'accept')
  const other = check(blockOf(SLOT, 667), 'spam:mer')
  const block = check(blockOf(SLOT, 7), 'a:x')
  await heard()
  assert.equal(book.size, 2)
  book.onCopy('3', 'b:y')
  assert.equal(await settled(block), 'accept')
  book.stop()
  assert.equal(await settled(other), 'ignore uncorroborated')
})

test('a vote moved to another committee, which is not signed, keeps the true one out no longer', async () => {
  const verifier: Verifier = { ...verifierOf('valid'), provesClaim: () => false }
  const { checkOf } = policyScene(verifier)
  const vote = (committeeIndex: number): Uint8Array =>
    ssz.electra.SingleAttestation.serialize({ ...singleAttestation(SLOT), committeeIndex })
  for (const moved of [1, 2, 3, 4, 6, 7]) {
    void checkOf(`beacon_attestation_${moved}`, 'strict')(vote(moved), 'spam:mer')
    await heard()
  }
  const senders = new Set(['b:y', 'c:z', 'd:w', 'e:v', 'f:u', 'g:t'])
  assert.equal(await settled(checkOf('beacon_attestation_5', 'strict')(vote(5), 'a:x', senders)), 'accept')
})

test('a verification that ends after a stop holds nothing', async () => {
  const { promise, resolve } = Promise.withResolvers<Verification>()
  const { clock, book, checkOf } = policyScene(verifierOf(promise))
  const block = checkOf('beacon_block', 'strict')(blockOf(SLOT, 7), 'a:x')
  const timers = clock.pending
  book.stop()
  resolve('unavailable')
  assert.equal(await settled(block), 'ignore uncorroborated')
  assert.equal(clock.pending, timers)
})

test('a block that is verified after its peers sent copies, and one whose slot has passed meanwhile', async () => {
  const { promise, resolve } = Promise.withResolvers<Verification>()
  const { clock, checkOf } = policyScene(verifierOf(promise))
  const check = checkOf('beacon_block', 'strict')
  const copies = new Set<string>()
  const held = [check(blockOf(SLOT, 7), 'a:x', copies), check(blockOf(SLOT, 8), 'spam:mer')]
  copies.add('b:y')
  clock.advance(3 * slotsPerEpoch * slotDurationMs)
  resolve('unavailable')
  await heard()
  clock.advance(4000)
  const [block, alone] = await Promise.all(held.map(settled))
  assert.equal(block, 'ignore past_slot')
  assert.equal(alone, 'ignore uncorroborated')
})
