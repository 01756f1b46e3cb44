import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VoteConduct } from '../../../../../src/network-worker/validation/policy/vote-conduct.ts'
import { VOTES_OF_RECORD } from '../../../../../src/network-worker/validation/policy/vote-source.ts'
import { FakeClock } from '../../../../support/fake-clock.ts'

const SUSPICION_MS = 60_000

function scene(maxSources?: number) {
  const clock = new FakeClock(0)
  const bound = maxSources === undefined ? {} : { maxSources }
  const conduct = new VoteConduct({ clock, suspicionMs: SUSPICION_MS, random: () => 0.5, ...bound })
  const earn = (peerId: string): void => {
    for (let vote = 0; vote < VOTES_OF_RECORD; vote++) conduct.noteRight(peerId)
  }
  return { clock, conduct, earn }
}

test('records are of a peer, whether or not it is here', () => {
  const { conduct, earn } = scene()
  assert.equal(conduct.find('a'), undefined)
  assert.equal(conduct.hasRecord('a'), false)
  earn('a')
  assert.equal(conduct.hasRecord('a'), true)
  assert.equal(conduct.hasRecord('b'), false)
  conduct.forget('a')
  conduct.forget('b')
  assert.equal(conduct.hasRecord('a'), false)
  assert.equal(conduct.size, 1, 'nothing is made of a peer that was never heard of')
})

test('a forged vote makes a suspect for as long as was said', () => {
  const { clock, conduct, earn } = scene()
  earn('a')
  conduct.noteForged('a')
  clock.advance(SUSPICION_MS - 1)
  earn('a')
  assert.equal(conduct.hasRecord('a'), false)
  clock.advance(1)
  earn('a')
  assert.equal(conduct.hasRecord('a'), true)
})

test('a check puts the next one off', () => {
  const { clock, conduct, earn } = scene()
  earn('a')
  const source = conduct.find('a') ?? assert.fail()
  assert.equal(conduct.isDue(source), true)
  conduct.check('a')
  assert.equal(conduct.isDue(source), false)
  clock.advance(999)
  assert.equal(conduct.isDue(source), false)
  clock.advance(1)
  assert.equal(conduct.isDue(source), true)
})

test('of too many sources the one that was heard of longest ago is forgotten', () => {
  const { conduct, earn } = scene(3)
  for (const peerId of ['a', 'b', 'c']) earn(peerId)
  conduct.check('a')
  earn('d')
  assert.deepEqual(
    ['a', 'b', 'c', 'd'].map((peerId) => conduct.hasRecord(peerId)),
    [true, false, true, true],
  )
  assert.equal(conduct.size, 3)
})

test('of the list of validators many peers tell, each once a second, and no suspect', () => {
  const { clock, conduct } = scene()
  conduct.noteForged('suspect')
  for (let second = 0; second < 10; second++, clock.advance(1000)) conduct.noteSigner('suspect', false)
  assert.equal(conduct.excusesStranger('a'), false)
  for (const peerId of ['a', 'b', 'c']) conduct.noteSigner(peerId, false)
  for (let vote = 0; vote < 10; vote++) conduct.noteSigner('a', false)
  assert.equal(conduct.excusesStranger('a'), false)
  clock.advance(1000)
  conduct.noteSigner('a', false)
  assert.equal(conduct.excusesStranger('a'), true)
  assert.equal(conduct.excusesStranger('never heard of'), true)
  assert.equal(conduct.excusesStranger('suspect'), false)
})
