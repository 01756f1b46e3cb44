import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { VOTES_OF_RECORD, VoteSource } from '../../../../../src/network-worker/validation/policy/vote-source.ts'

/** With as many true votes as make a record. */
function provenSource(): VoteSource {
  const source = new VoteSource()
  for (let vote = 0; vote < VOTES_OF_RECORD; vote++) source.noteRight(0)
  return source
}

/** What chance has for the time of the next check, and then for the number of votes. */
function drawing(...draws: number[]): () => number {
  return () => draws.shift() ?? assert.fail()
}

/** Votes that go on unverified until the next one is due, all of them at once. */
function uncheckedVotes(source: VoteSource, nowMs: number): number {
  let count = 0
  while (!source.isDue(nowMs)) count++
  return count
}

test('a record takes some true votes, and one that is forged ends it', () => {
  const source = new VoteSource()
  for (let vote = 1; vote < VOTES_OF_RECORD; vote++) source.noteRight(0)
  assert.equal(source.hasRecord, false)
  source.noteRight(0)
  assert.equal(source.hasRecord, true)
  source.noteForged(5000)
  assert.equal(source.hasRecord, false)
})

test('a suspect earns nothing until its time is over, and then all of it anew', () => {
  const source = provenSource()
  source.noteForged(5000)
  for (let vote = 0; vote < 100; vote++) source.noteRight(4999)
  assert.equal(source.hasRecord, false)
  for (let vote = 1; vote < VOTES_OF_RECORD; vote++) source.noteRight(5000)
  assert.equal(source.hasRecord, false)
  source.noteRight(5000)
  assert.equal(source.hasRecord, true)
})

test('a source that was never checked is due, and stays so until it is', () => {
  const source = provenSource()
  assert.equal(source.isDue(0), true)
  assert.equal(source.isDue(0), true)
  source.check(0, () => 0.5)
  assert.equal(source.isDue(0), false)
})

test('the next one is due within 1.75 s and 64 votes, at moments that hang on chance', () => {
  const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
  fc.assert(
    fc.property(chance, chance, (time, number) => {
      const source = provenSource()
      source.check(1000, drawing(time, number))
      assert.ok(uncheckedVotes(source, 1000) < 64)
      source.check(1000, drawing(time, 0.99))
      assert.equal(source.isDue(1249), false)
      assert.equal(source.isDue(2750), true)
    }),
  )
})

test('one a second, and one in 32, on average', () => {
  const draws = Array.from({ length: 100 }, (_, index) => index / 100)
  const source = provenSource()
  const counts = draws.map((draw) => {
    source.check(0, () => draw)
    return uncheckedVotes(source, 0)
  })
  const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length
  assert.ok(mean > 30 && mean < 34, `${mean} votes`)
  const times = draws.map((draw) => {
    source.check(0, drawing(draw, 0.99))
    let nowMs = 0
    while (!source.isDue(nowMs)) nowMs += 50
    return nowMs
  })
  const meanMs = times.reduce((sum, timeMs) => sum + timeMs, 0) / times.length
  assert.ok(meanMs > 950 && meanMs < 1075, `${meanMs} ms`)
})

test('votes of validators that nobody knows: three checks in a row end a record, and no fewer', () => {
  const source = provenSource()
  for (const strangers of [2, 2, 3]) {
    assert.equal(source.hasRecord, true)
    for (let vote = 0; vote < 8; vote++) source.noteRight(0)
    for (let vote = 0; vote < strangers; vote++) source.noteStranger(Number.NEGATIVE_INFINITY)
  }
  assert.equal(source.hasRecord, false)
  for (let vote = 0; vote < VOTES_OF_RECORD; vote++) source.noteRight(0)
  assert.equal(source.hasRecord, true, 'nothing is held against it')
})

test('so do many of them among true ones, and fewer than a quarter do not', () => {
  for (const [right, hasRecord] of [
    [1, false],
    [2, false],
    [3, true],
    [9, true],
  ] as const) {
    const source = provenSource()
    for (let round = 0; round < 8 && source.hasRecord; round++) {
      source.noteStranger(Number.NEGATIVE_INFINITY)
      for (let vote = 0; vote < right && source.hasRecord; vote++) source.noteRight(0)
    }
    assert.equal(source.hasRecord, hasRecord, `${right} true ones for each`)
  }
})

test('where they make a suspect, it stays one no shorter for having forged before', () => {
  const source = provenSource()
  source.noteForged(5000)
  for (let vote = 0; vote < 3; vote++) source.noteStranger(Number.NEGATIVE_INFINITY)
  assert.equal(source.isSuspect(4999), true)
  for (let vote = 0; vote < 3; vote++) source.noteStranger(6000)
  assert.equal(source.isSuspect(5999), true)
  assert.equal(source.isSuspect(6000), false)
})

test('its votes say once a second what the list lacks', () => {
  const source = new VoteSource()
  const told = Array.from({ length: 4000 }, (_, atMs) => source.isWitness(atMs)).filter((isTold) => isTold)
  assert.equal(told.length, 4)
})
