/** Whose votes go on before they are verified, and what becomes of who sends forged ones. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VOTES_OF_RECORD } from '../../../../../src/network-worker/validation/policy/vote-source.ts'
import { SUSPICION_MS, settled, textOf } from './policy-scene.ts'
import { sampledScene, voteOf } from './sampled-scene.ts'

test('a newcomer’s votes wait for their verification: the true go on, the forged are rejected', async () => {
  const { verifier, check, inFront, forged } = sampledScene()
  const held = check(voteOf(1), 'a:x')
  assert.equal(textOf(held), 'hold')
  assert.equal(inFront.size, 1)
  await verifier.say('valid')
  assert.equal(await settled(held), 'accept')
  const wrong = check(voteOf(2), 'a:x')
  await verifier.say('invalid')
  assert.equal(await settled(wrong), 'reject bad_signature')
  assert.equal(inFront.size, 0)
  assert.deepEqual(forged, [], 'it did not go on')
})

test('after eight true ones votes go on at once, and one of them is verified behind', async () => {
  const { verifier, check, conduct } = sampledScene()
  for (let vote = 0; vote < VOTES_OF_RECORD; vote++) {
    assert.equal(textOf(check(voteOf(vote), 'a:x')), 'hold')
    await verifier.say('valid')
  }
  assert.equal(conduct.hasRecord('a:x'), true)
  const asked = verifier.asked.length
  assert.equal(textOf(check(voteOf(100), 'a:x')), 'accept')
  assert.equal(verifier.asked.length, asked + 1, 'the first is due')
  for (let vote = 101; vote < 130; vote++) assert.equal(textOf(check(voteOf(vote), 'a:x')), 'accept')
  assert.equal(verifier.asked.length, asked + 1)
})

test('one a second, and one in so many, is verified behind', async () => {
  const { clock, verifier, check, earn } = sampledScene()
  await earn('a:x')
  const asked = verifier.asked.length
  clock.advance(999)
  void check(voteOf(1), 'a:x')
  assert.equal(verifier.asked.length, asked)
  clock.advance(1)
  void check(voteOf(2), 'a:x')
  assert.equal(verifier.asked.length, asked + 1)
  for (let vote = 10; vote < 10 + 3 * 33; vote++) void check(voteOf(vote), 'a:x')
  assert.equal(verifier.asked.length, asked + 4)
})

test('who has a record and forges is found out behind: it pays, and is verified first for two epochs', async () => {
  const { clock, verifier, check, earn, forged, conduct } = sampledScene()
  await earn('spam:mer')
  clock.advance(1000)
  assert.equal(textOf(check(voteOf(1), 'spam:mer')), 'accept')
  await verifier.say('invalid')
  assert.deepEqual(forged, [[String(VOTES_OF_RECORD + 2), ['spam:mer']]])
  const next = check(voteOf(2), 'spam:mer')
  assert.equal(textOf(next), 'hold')
  await verifier.say('invalid')
  assert.equal(await settled(next), 'reject bad_signature')
  clock.advance(SUSPICION_MS - 1)
  await earnAgain(conduct)
  assert.equal(conduct.hasRecord('spam:mer'), false)
  clock.advance(1)
  await earnAgain(conduct)
  assert.equal(conduct.hasRecord('spam:mer'), true)
})

async function earnAgain(conduct: ReturnType<typeof sampledScene>['conduct']): Promise<void> {
  for (let vote = 0; vote < VOTES_OF_RECORD; vote++) conduct.noteRight('spam:mer')
}

test('a vote that a newcomer brings first goes on with the copy of one who has a record, and is verified all the same', async () => {
  const { verifier, check, earn, copied, forged, conduct, inFront } = sampledScene()
  await earn('a:x')
  const id = String(VOTES_OF_RECORD + 2)
  const held = check(voteOf(1), 'new:comer')
  copied(id, 'other:newcomer')
  assert.equal(inFront.size, 1)
  copied(id, 'a:x')
  assert.equal(await settled(held), 'accept')
  await verifier.say('invalid')
  assert.deepEqual(forged, [[id, ['new:comer', 'a:x']]], 'who vouched for it pays as well')
  assert.equal(conduct.hasRecord('a:x'), false)
  assert.equal(inFront.size, 0)
})

test('a copy that came before the vote was opened vouches for it too', async () => {
  const { check, earn } = sampledScene()
  await earn('a:x')
  assert.equal(textOf(check(voteOf(1), 'new:comer', new Set(['b:y']))), 'hold')
  assert.equal(textOf(check(voteOf(2), 'new:comer', new Set(['b:y', 'a:x']))), 'accept')
  assert.equal(textOf(check(voteOf(3), 'new:comer', new Set(['own']))), 'accept')
})

test('no answer: a newcomer’s vote waits for another peer, a second at most; that of who has a record has gone on', async () => {
  const { clock, verifier, check, earn, copied, book } = sampledScene()
  const alone = check(voteOf(1), 'a:x')
  await verifier.say('unavailable')
  assert.equal(book.size, 1)
  clock.advance(1000)
  assert.equal(await settled(alone), 'ignore uncorroborated')
  const second = check(voteOf(2), 'a:x')
  await verifier.say('unavailable')
  copied('2', 'b:y')
  assert.equal(await settled(second), 'accept')
  await earn('c:z')
  clock.advance(1000)
  assert.equal(textOf(check(voteOf(3), 'c:z')), 'accept')
  await verifier.say('unavailable')
  assert.equal(textOf(check(voteOf(4), 'c:z')), 'accept')
})

test('while it waits for another peer, one who has a record is enough, of whatever network and agent', async () => {
  const { verifier, check, earn, copied } = sampledScene()
  await earn('a:x')
  const held = check(voteOf(1), 'a:x-too')
  await verifier.say('unavailable')
  copied(String(VOTES_OF_RECORD + 2), 'a:x')
  assert.equal(await settled(held), 'accept')
})

test('the operator’s own peers: at once, checked behind and paced, and nothing is held against them', async () => {
  const { clock, verifier, check, forged, conduct } = sampledScene()
  assert.equal(textOf(check(voteOf(1), 'own')), 'accept')
  assert.equal(verifier.asked.length, 1)
  assert.equal(textOf(check(voteOf(2), 'own')), 'accept')
  assert.equal(verifier.asked.length, 1)
  await verifier.say('invalid')
  clock.advance(1000)
  assert.equal(textOf(check(voteOf(3), 'own')), 'accept')
  assert.equal(verifier.asked.length, 2)
  await verifier.say('invalid')
  assert.deepEqual(forged, [])
  assert.equal(conduct.hasRecord('own'), false)
})

test('a vote that the operator’s own peer copied is not held against it either', async () => {
  const { verifier, check, copied, forged } = sampledScene()
  const held = check(voteOf(1), 'spam:mer')
  copied('1', 'own')
  assert.equal(await settled(held), 'accept')
  await verifier.say('invalid')
  assert.deepEqual(forged, [['1', ['spam:mer']]])
})

test('no keys: everybody’s votes go on at once, as if blind', async () => {
  const { verifier, check } = sampledScene()
  verifier.next = 'none'
  const texts = Array.from({ length: 5 }, (_, root) => textOf(check(voteOf(1, root), 'a:x')))
  assert.deepEqual(texts, ['accept', 'accept', 'accept', 'accept', 'ignore too_many_variants'])
  assert.equal(verifier.asked.length, 0)
})

test('keys, but not the voter’s: a newcomer’s waits for another peer, and three checks in a row end a record', async () => {
  const { clock, verifier, check, earn, book, conduct } = sampledScene()
  for (let peer = 0; peer < 8; peer++) conduct.noteSigner(`known:${peer}`, true)
  await earn('a:x')
  verifier.next = 'stranger'
  void check(voteOf(1), 'new:comer')
  await verifier.say('unavailable')
  assert.equal(book.size, 1)
  for (let time = 0; time < 3; time++) {
    assert.equal(conduct.hasRecord('a:x'), true)
    clock.advance(1000)
    assert.equal(textOf(check(voteOf(10 + time), 'a:x')), 'accept')
    await verifier.say('unavailable')
  }
  assert.equal(conduct.hasRecord('a:x'), false)
})

test('votes whose key is not known put no check off', async () => {
  const { clock, verifier, check, earn } = sampledScene()
  await earn('a:x')
  clock.advance(1000)
  verifier.next = 'none'
  const asked = verifier.asked.length
  for (let vote = 0; vote < 5; vote++) assert.equal(textOf(check(voteOf(vote), 'a:x')), 'accept')
  assert.equal(verifier.asked.length, asked)
  verifier.next = 'open'
  void check(voteOf(9), 'a:x')
  assert.equal(verifier.asked.length, asked + 1)
})
