/** Policies of topics other than blocks', and what is the default. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { ssz } from '@lodestar/types'
import { GOSSIP_KINDS } from '../../../../../src/consensus/topic-table.ts'
import {
  DEFAULT_POLICIES,
  fallbackOf,
  policyOf,
  sourcesOf,
} from '../../../../../src/network-worker/validation/policy/policies.ts'
import type { Verification } from '../../../../../src/network-worker/validation/verify/verifier.ts'
import { fuluColumn } from '../sidecar-values.ts'
import { singleAttestation } from '../vote-values.ts'
import { policyScene, SLOT, settled, textOf, verifierOf } from './policy-scene.ts'

function vote(root = 0): Uint8Array {
  const value = singleAttestation(SLOT)
  value.data.beaconBlockRoot = new Uint8Array(32).fill(root)
  return ssz.electra.SingleAttestation.serialize(value)
}

function exit(validatorIndex: number): Uint8Array {
  const value = ssz.phase0.SignedVoluntaryExit.defaultValue()
  value.message.validatorIndex = validatorIndex
  return ssz.phase0.SignedVoluntaryExit.serialize(value)
}

test('blind: at once, a few variants of a vote, and no limit to those of the operator’s peers', () => {
  const check = policyScene().checkOf('beacon_attestation_5', 'blind')
  const texts = Array.from({ length: 5 }, (_, root) => textOf(check(vote(root), 'a:x')))
  assert.deepEqual(texts, ['accept', 'accept', 'accept', 'accept', 'ignore too_many_variants'])
  assert.equal(textOf(check(vote(9), 'own')), 'accept')
  assert.equal(textOf(check(vote(10), 'a:x', new Set(['own']))), 'accept')
})

test('none: not even the layout is looked at', () => {
  assert.equal(textOf(policyScene().checkOf('beacon_block', 'none')(new Uint8Array(3), 'a:x')), 'accept')
})

test('corroborate: operations wait for another peer, votes no longer than a second', async () => {
  const { clock, book, checkOf } = policyScene()
  const exits = checkOf('voluntary_exit', 'corroborate(2)')
  const votes = checkOf('beacon_attestation_5', 'corroborate(3)')
  const held = [exits(exit(1), 'a:x'), votes(vote(), 'a:x')] as const
  assert.deepEqual(held.map(textOf), ['hold', 'hold'])
  clock.advance(999)
  assert.equal(book.size, 2)
  clock.advance(1)
  assert.equal(await settled(held[1]), 'ignore uncorroborated')
  book.onCopy('1', 'b:y')
  assert.equal(await settled(held[0]), 'accept')
})

test('strict, not verified: votes go on, operations wait', () => {
  const { checkOf } = policyScene()
  assert.equal(textOf(checkOf('beacon_attestation_5', 'strict')(vote(), 'a:x')), 'accept')
  assert.equal(textOf(checkOf('voluntary_exit', 'strict')(exit(1), 'a:x')), 'hold')
})

test('a valid message that anyone could have signed waits for another peer, and holds no claim', async () => {
  const { book, checkOf } = policyScene(verifierOf('valid', false))
  const check = checkOf('voluntary_exit', 'strict')
  const held = [check(exit(1), 'a:x'), check(exit(1), 'a:x'), check(exit(1), 'a:x')]
  await new Promise(setImmediate)
  assert.equal(book.size, 3)
  for (const msgId of ['1', '2', '3']) book.onCopy(msgId, 'b:y')
  assert.deepEqual(await Promise.all(held.slice(0, 2).map(settled)), ['accept', 'accept'])
  assert.equal(book.size, 1, 'after two others, three must have sent it')
  book.onCopy('3', 'c:z')
  assert.equal(await settled(held[2] ?? assert.fail()), 'accept')
})

test('strict: of votes with a right signature the first goes on at once, the next by the word of as many peers', async () => {
  const { book, checkOf } = policyScene(verifierOf('valid', false))
  const check = checkOf('beacon_attestation_5', 'strict')
  assert.equal(await settled(check(vote(0), 'spam:mer')), 'accept')
  const second = check(vote(1), 'a:x')
  await new Promise(setImmediate)
  book.onCopy('2', 'b:y')
  assert.equal(await settled(second), 'accept')
})

test('a topic has its own policy unless the operator says another, for it or for all', () => {
  const perTopic = { voluntary_exit: 'none' } as const
  assert.equal(policyOf({ default: 'default', perTopic }, 'voluntary_exit'), 'none')
  assert.equal(policyOf({ default: 'default', perTopic }, 'beacon_block'), 'strict')
  assert.equal(policyOf({ default: 'blind', perTopic }, 'beacon_block'), 'blind')
  assert.deepEqual([sourcesOf('corroborate(3)'), sourcesOf('strict'), sourcesOf('blind')], [3, undefined, undefined])
})

test('the operators’ page has every topic with its default and what becomes of it when nothing verifies it', () => {
  const page = readFileSync(new URL('../../../../../docs/operators/validation.md', import.meta.url), 'utf8')
  const fallbacks = { first_of_slot: 'first of the slot', blind: 'blind', corroborate: 'corroborate(2)' } as const
  for (const kind of GOSSIP_KINDS) {
    const policy = DEFAULT_POLICIES[kind]
    const isVerified = policy === 'strict' || policy === 'sampled'
    const without = isVerified ? fallbacks[fallbackOf(kind)] : policy
    assert.ok(page.includes(`| \`${kind}\` | ${policy} | ${without} |`), `| \`${kind}\` | ${policy} | ${without} |`)
  }
})

test('a column with right proofs and no known key goes by the fallback, one with wrong ones raises no doubt', async () => {
  const answers = { next: 'disproven' as Verification }
  const { watch, book, checkOf } = policyScene({ ...verifierOf('proven'), verify: async () => answers.next })
  const check = checkOf('data_column_sidecar_5', 'strict')
  const column = (proposerIndex: number): Uint8Array => {
    const value = fuluColumn(SLOT, 5)
    value.signedBlockHeader.message.proposerIndex = proposerIndex
    return ssz.fulu.DataColumnSidecar.serialize(value)
  }
  assert.equal(await settled(check(column(7), 'spam:mer')), 'reject bad_proof')
  assert.equal(watch.isInDoubt, false)
  answers.next = 'proven'
  assert.equal(await settled(check(column(7), 'a:x')), 'accept', 'the first of its slot')
  const second = check(column(8), 'spam:mer')
  await new Promise(setImmediate)
  assert.equal(book.size, 1, 'the second waits for another peer')
  book.onCopy('3', 'b:y')
  assert.equal(await settled(second), 'accept')
  answers.next = 'unavailable'
  const unverified = policyScene(verifierOf('unavailable'))
  void unverified.checkOf('data_column_sidecar_5', 'strict')(column(7), 'a:x')
  await new Promise(setImmediate)
  assert.equal(unverified.book.size, 1, 'without an answer not even the first goes on')
})
