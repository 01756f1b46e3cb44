/** Votes of validators who are not in the list: what they say of who sent them, and of the list. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VOTES_OF_RECORD } from '../../../../../src/network-worker/validation/policy/vote-source.ts'
import type { PeerIdStr } from '../../../../../src/shared/ids.ts'
import { blockOf, SLOT, SUSPICION_MS, settled, textOf } from './policy-scene.ts'
import { aggregateOf, type SampledSceneOptions, sampledScene, voteOf } from './sampled-scene.ts'

/** Of one peer so often one vote says what the list lacks, ms (vote-source.ts). */
const WITNESS_PERIOD_MS = 1000

/** A relay to which others have sent votes, so many of signers who are in the list and of others. */
function sceneWithList(known: number, strangers: number, options: SampledSceneOptions = {}) {
  const scene = sampledScene(options)
  for (let peer = 0; peer < known; peer++) scene.conduct.noteSigner(`known:${peer}`, true)
  for (let peer = 0; peer < strangers; peer++) scene.conduct.noteSigner(`unknown:${peer}`, false)
  return scene
}

test('a list that has hardly anybody holds no vote back: those of newcomers go on, whoever is alone included', async () => {
  const { verifier, check, book } = sceneWithList(4, 10)
  verifier.next = 'stranger'
  for (let vote = 0; vote < 20; vote++) assert.equal(textOf(check(voteOf(vote), 'up:stream')), 'accept')
  assert.equal(book.size, 0)
  assert.equal(verifier.asked.length, 0)
  verifier.next = 'open'
  const known = check(voteOf(30), 'up:stream')
  assert.equal(textOf(known), 'hold')
  await verifier.say('invalid')
  assert.equal(await settled(known), 'reject bad_signature', 'what can be verified is')
  verifier.next = 'stranger'
  assert.equal(textOf(check(voteOf(31), 'up:stream')), 'hold', 'and a suspect is excused nothing')
})

test('it is found out by the votes that come, and that it has grown as well', async () => {
  const { clock, verifier, check } = sampledScene()
  verifier.next = 'stranger'
  const texts: string[] = []
  for (let vote = 0; vote < 10; vote++) {
    texts.push(textOf(check(voteOf(vote), 'up:stream')))
    await verifier.say('unavailable')
    clock.advance(WITNESS_PERIOD_MS)
  }
  assert.deepEqual(texts, [...Array<string>(3).fill('hold'), ...Array<string>(7).fill('accept')])
  verifier.next = 'open'
  for (let vote = 20; vote < 40; vote++) {
    void check(voteOf(vote), 'up:stream')
    await verifier.say('valid')
    clock.advance(1000)
  }
  verifier.next = 'stranger'
  assert.equal(textOf(check(voteOf(50), 'new:comer')), 'hold')
})

test('one peer alone makes no list thin, however many votes it sends at once', async () => {
  const { verifier, check } = sceneWithList(0, 0)
  verifier.next = 'stranger'
  for (let vote = 0; vote < 100; vote++) assert.equal(textOf(check(voteOf(vote), 'spam:mer')), 'hold')
})

test('in a thin list, aggregates of who does not count wait as they do without keys', async () => {
  const { verifier, check, checkOf, copied } = sceneWithList(0, 10, { name: 'beacon_aggregate_and_proof' })
  verifier.next = 'stranger'
  assert.equal(textOf(checkOf('beacon_block', 'strict')(blockOf(SLOT, 7), 'own')), 'accept')
  const held = check(aggregateOf(2), 'new:comer')
  assert.equal(textOf(held), 'hold')
  copied('2', 'b:y')
  assert.equal(await settled(held), 'accept')
  assert.equal(verifier.asked.length, 0)
})

test('where the list has all others, who sends nobody’s votes has them verified first for two epochs', async () => {
  const { clock, verifier, check, earn, conduct } = sceneWithList(128, 0)
  await earn('spam:mer')
  verifier.next = 'stranger'
  for (let vote = 0; vote < 3; vote++) {
    assert.equal(conduct.hasRecord('spam:mer'), true)
    clock.advance(1000)
    assert.equal(textOf(check(voteOf(vote), 'spam:mer')), 'accept')
    await verifier.say('unavailable')
  }
  const earnAgain = (): void => {
    for (let vote = 0; vote < VOTES_OF_RECORD; vote++) conduct.noteRight('spam:mer')
  }
  clock.advance(SUSPICION_MS - 1)
  earnAgain()
  assert.equal(conduct.hasRecord('spam:mer'), false)
  clock.advance(1)
  earnAgain()
  assert.equal(conduct.hasRecord('spam:mer'), true)
})

test('nor do true votes in between help, unless they are most', async () => {
  const { clock, verifier, check, earn, conduct } = sceneWithList(128, 0)
  await earn('spam:mer')
  await earn('a:x')
  let validator = 0
  const checkNext = async (peerId: PeerIdStr, isStranger: boolean): Promise<void> => {
    clock.advance(1000)
    verifier.next = isStranger ? 'stranger' : 'open'
    void check(voteOf(validator++), peerId)
    await verifier.say(isStranger ? 'unavailable' : 'valid')
  }
  for (let round = 0; round < 8; round++) {
    await checkNext('spam:mer', round % 2 === 0)
    for (let vote = 0; vote < 4; vote++) await checkNext('a:x', vote === 0)
  }
  assert.equal(conduct.hasRecord('spam:mer'), false)
  assert.equal(conduct.hasRecord('a:x'), true, 'one in four')
})
