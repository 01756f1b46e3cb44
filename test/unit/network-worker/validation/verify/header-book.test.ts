import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HeaderBook } from '../../../../../src/network-worker/validation/verify/header-book.ts'
import type { Outcome } from '../../../../../src/network-worker/validation/verify/verification-counts.ts'

/** A verification that ends when the test says so, and how often it was asked for. */
function verification() {
  const { promise, resolve } = Promise.withResolvers<Outcome>()
  let calls = 0
  return {
    resolve,
    verify: () => {
      calls++
      return promise
    },
    calls: () => calls,
  }
}

test('all who ask of one header share one verification, and later ones its result', async () => {
  const book = new HeaderBook()
  const { resolve, verify, calls } = verification()
  const asked = Array.from({ length: 128 }, () => book.resolve('signature', 'root', verify))
  resolve('valid')
  assert.deepEqual(new Set(await Promise.all(asked)), new Set(['valid']))
  assert.equal(await book.resolve('signature', 'root', verify), 'valid')
  assert.equal(calls(), 1)
  assert.equal(book.signedRoot('signature'), 'root')
})

test('a forged header is refused once more without a verification, and the true one is verified', async () => {
  const book = new HeaderBook()
  const forged = verification()
  forged.resolve('invalid')
  assert.equal(await book.resolve('forged', 'root', forged.verify), 'invalid')
  assert.equal(await book.resolve('forged', 'root', forged.verify), 'invalid')
  assert.equal(forged.calls(), 1)
  assert.equal(await book.resolve('true', 'root', async () => 'valid'), 'valid')
  assert.equal(await book.resolve('true', 'other root', async () => 'invalid'), 'invalid')
  assert.equal(book.known('true', 'root'), 'valid')
})

test('what got no answer is asked for again', async () => {
  const book = new HeaderBook()
  assert.equal(await book.resolve('signature', 'root', async () => 'queue_full'), 'queue_full')
  assert.equal(await book.resolve('signature', 'root', async () => 'valid'), 'valid')
})

test('columns wait for their block, whose verification serves them; with another root they have their own', async () => {
  const book = new HeaderBook()
  const block = Promise.withResolvers<void>()
  book.watchBlock('signature', block.promise)
  const [same, other] = [verification(), verification()]
  other.resolve('invalid')
  const answers = Promise.all([
    book.resolve('signature', 'root', same.verify),
    book.resolve('signature', 'other root', other.verify),
  ])
  book.note('signature', 'root', true)
  block.resolve()
  assert.deepEqual(await answers, ['valid', 'invalid'])
  assert.deepEqual([same.calls(), other.calls()], [0, 1])
})

test('forged headers are remembered up to a bound and push out no true one', () => {
  const book = new HeaderBook()
  book.note('true', 'root', true)
  for (let i = 0; i < 5_000; i++) book.note(`forged ${i}`, 'root', false)
  assert.equal(book.known('true', 'root'), 'valid')
  assert.equal(book.known('forged 4999', 'root'), 'invalid')
  assert.equal(book.known('forged 0', 'root'), undefined)
  for (let i = 0; i < 256; i++) book.note(`later ${i}`, 'root', true)
  assert.equal(book.known('true', 'root'), undefined)
})

test('that there was no room for who asked first keeps nothing from the others: one of them asks again, for all', async () => {
  const book = new HeaderBook()
  const [crowd, others] = [verification(), verification()]
  const first = book.resolve('signature', 'root', crowd.verify)
  const rest = Array.from({ length: 20 }, () => book.resolve('signature', 'root', others.verify))
  crowd.resolve('queue_full')
  assert.equal(await first, 'queue_full')
  others.resolve('valid')
  assert.deepEqual(new Set(await Promise.all(rest)), new Set(['valid']))
  assert.deepEqual([crowd.calls(), others.calls()], [1, 1])
})

test('where there is room for nobody, each is told so', async () => {
  const book = new HeaderBook()
  const asked = Array.from({ length: 20 }, () => book.resolve('signature', 'root', async () => 'queue_full'))
  assert.deepEqual(new Set(await Promise.all(asked)), new Set(['queue_full']))
})
