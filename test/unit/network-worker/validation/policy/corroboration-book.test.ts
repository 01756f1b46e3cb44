import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  CorroborationBook,
  type CorroborationBookDeps,
  type Uncorroborated,
} from '../../../../../src/network-worker/validation/policy/corroboration-book.ts'
import type { Verdict } from '../../../../../src/network-worker/validation/verdict.ts'
import { FakeClock } from '../../../../support/fake-clock.ts'
import { PEERS } from './peers-by-name.ts'

const ACCEPT: Verdict = { action: 'accept' }
const UNCORROBORATED = { action: 'ignore', reason: 'uncorroborated' }
const NO_ROOM = { action: 'ignore', reason: 'corroboration_full' }

function scene(bounds: Pick<CorroborationBookDeps, 'maxMessages' | 'maxBytes'> = {}) {
  const clock = new FakeClock()
  const book = new CorroborationBook({ clock, peers: PEERS, ...bounds })
  const verdicts = new Map<string, Verdict>()
  /** Holds a message and notes its verdict as it comes. */
  const hold = (msgId: string, from: string, changes: Partial<Uncorroborated> = {}): Verdict | undefined => {
    const given = book.hold({
      msgId,
      from,
      sizeBytes: 100,
      needed: () => 2,
      admit: () => ACCEPT,
      timeMs: 4000,
      ...changes,
    })
    if (!(given instanceof Promise)) return given
    void given.then((verdict) => verdicts.set(msgId, verdict))
    return undefined
  }
  return { clock, book, verdicts, hold }
}

/** Lets promises that were kept be heard. */
async function heard(): Promise<void> {
  await new Promise(setImmediate)
}

test('accepted once peers of two networks and agents have sent it, and not before', async () => {
  const { clock, book, verdicts, hold } = scene()
  hold('1', 'a:x')
  for (const copy of ['a:x', 'a:y', 'c:x']) {
    book.onCopy('1', copy)
    if (copy === 'a:y') assert.equal(book.size, 1)
  }
  await heard()
  assert.deepEqual(verdicts.get('1'), ACCEPT)
  assert.deepEqual([book.size, book.bytes, clock.pending], [0, 0, 0])
})

test('a copy of another message, or by the same network, corroborates nothing', async () => {
  const { clock, book, verdicts, hold } = scene()
  hold('1', 'a:x')
  book.onCopy('2', 'b:y')
  book.onCopy('1', 'a:y')
  clock.advance(3999)
  await heard()
  assert.equal(verdicts.size, 0)
  clock.advance(1)
  await heard()
  assert.deepEqual(verdicts.get('1'), UNCORROBORATED)
  assert.deepEqual([book.size, book.bytes, clock.pending], [0, 0, 0])
})

test('with copies that came before, or from a peer of the operator, there is no wait', async () => {
  const { book, verdicts, hold } = scene()
  assert.deepEqual(hold('1', 'a:x', { copies: ['b:y'] }), ACCEPT)
  assert.deepEqual(hold('2', 'a:x', { copies: ['a:y', 'own'] }), ACCEPT)
  hold('3', 'a:x')
  book.onCopy('3', 'own')
  await heard()
  assert.deepEqual(verdicts.get('3'), ACCEPT)
})

test('three are three', async () => {
  const { book, verdicts, hold } = scene()
  hold('1', 'a:x', { needed: () => 3 })
  book.onCopy('1', 'b:y')
  await heard()
  assert.equal(verdicts.size, 0)
  book.onCopy('1', 'c:z')
  await heard()
  assert.deepEqual(verdicts.get('1'), ACCEPT)
})

test('whoever fills the book pays for it, and what others sent stays', async () => {
  const { book, verdicts, hold } = scene({ maxMessages: 4 })
  hold('true', 'b:y')
  for (let i = 0; i < 10; i++) hold(`rubbish-${i}`, 'a:x')
  await heard()
  assert.equal(book.size, 4)
  assert.equal(verdicts.get('true'), undefined)
  for (let i = 0; i < 7; i++) assert.deepEqual(verdicts.get(`rubbish-${i}`), NO_ROOM)
  book.onCopy('true', 'c:z')
  await heard()
  assert.deepEqual(verdicts.get('true'), ACCEPT)
})

test('small messages of many peers do not push out a block, nor do many peers of one network', async () => {
  const { book, verdicts, hold } = scene()
  hold('block', 'a:x', { sizeBytes: 240_000 })
  for (let i = 0; i < 10_000; i++) hold(`exit ${i}`, `s${i % 20}:mer`, { sizeBytes: 200 })
  for (let i = 0; i < 1000; i++) hold(`of one network ${i}`, `n:${i}`, { sizeBytes: 200_000 })
  await heard()
  assert.equal(verdicts.get('block'), undefined)
  assert.ok(book.size <= 8192 && book.bytes <= 32 * 1024 * 1024)
  book.onCopy('block', 'b:y')
  await heard()
  assert.deepEqual(verdicts.get('block'), ACCEPT)
})

test('however many peers of one network sent it first, others are still counted', async () => {
  const { book, verdicts, hold } = scene()
  hold('1', 'a:0')
  for (let i = 1; i < 200; i++) book.onCopy('1', `a:${i}`)
  await heard()
  assert.equal(verdicts.size, 0)
  book.onCopy('1', 'b:0')
  await heard()
  assert.deepEqual(verdicts.get('1'), ACCEPT)
})

test('who sent what was dropped counts when it comes again, up to a bound', async () => {
  const { clock, book, verdicts, hold } = scene({ maxMessages: 2 })
  hold('late', 'a:x')
  hold('no room', 'a:x')
  hold('one more', 'a:x')
  clock.advance(4000)
  await heard()
  assert.deepEqual([verdicts.get('late'), verdicts.get('no room')], [NO_ROOM, UNCORROBORATED])
  assert.equal(hold('late', 'a:y'), undefined, 'of the same network')
  assert.deepEqual(hold('no room', 'b:y'), ACCEPT)
  for (let i = 0; i < 9000; i++) hold(`rubbish ${i}`, 'c:z')
  clock.advance(4000)
  assert.equal(hold('one more', 'b:y'), undefined, 'forgotten')
  assert.equal(book.size, 1)
})

test('how many are needed is asked again with each copy', async () => {
  const { book, verdicts, hold } = scene()
  let needed = 2
  hold('1', 'a:x', { needed: () => needed })
  needed = 3
  book.onCopy('1', 'b:y')
  await heard()
  assert.equal(verdicts.size, 0)
  book.onCopy('1', 'c:z')
  await heard()
  assert.deepEqual(verdicts.get('1'), ACCEPT)
})

test('with thousands that wait, one more has its turn, and another goes, in some microseconds', async () => {
  const { book, hold } = scene()
  for (let i = 0; i < 8000; i++) hold(`${i}`, `n${i % 50}:${i % 7}`, { sizeBytes: 400 })
  const startMs = performance.now()
  for (let i = 0; i < 20_000; i++) hold(`flood ${i}`, 'spam:mer', { sizeBytes: 400 })
  const perMessageUs = ((performance.now() - startMs) * 1000) / 20_000
  assert.equal(book.size, 8192)
  assert.ok(perMessageUs < 500, `${perMessageUs} µs`)
  book.stop()
})

test('bytes are bounded too, and what alone is longer does not wait', async () => {
  const { book, verdicts, hold } = scene({ maxBytes: 1000 })
  hold('1', 'a:x', { sizeBytes: 600 })
  hold('2', 'b:y', { sizeBytes: 500 })
  await heard()
  assert.deepEqual([verdicts.get('1'), verdicts.get('2')], [NO_ROOM, undefined])
  assert.deepEqual(hold('3', 'c:z', { sizeBytes: 1001 }), NO_ROOM)
  assert.deepEqual([book.size, book.bytes], [1, 500])
})

test('a stop ends the waiting of all', async () => {
  const { clock, book, verdicts, hold } = scene()
  hold('1', 'a:x')
  hold('2', 'b:y')
  book.stop()
  await heard()
  assert.deepEqual([...verdicts.values()], [UNCORROBORATED, UNCORROBORATED])
  assert.deepEqual([book.size, book.bytes, clock.pending], [0, 0, 0])
  assert.deepEqual(hold('3', 'a:x'), UNCORROBORATED, 'a verification may end later')
})

test('whatever comes in whatever order, bounds hold and every message has one verdict', async () => {
  const peer = fc.constantFrom('a:x', 'a:y', 'b:x', 'b:y', 'own')
  const step = fc.oneof(
    fc.record({
      do: fc.constant('hold' as const),
      id: fc.nat({ max: 30 }),
      peer,
      bytes: fc.integer({ min: 1, max: 50 }),
    }),
    fc.record({ do: fc.constant('copy' as const), id: fc.nat({ max: 30 }), peer, bytes: fc.constant(0) }),
    fc.record({ do: fc.constant('wait' as const), id: fc.constant(0), peer, bytes: fc.nat({ max: 3000 }) }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 80 }), async (steps) => {
      const { clock, book, verdicts, hold } = scene({ maxMessages: 8, maxBytes: 200 })
      const held = new Set<string>()
      for (const { do: what, id, peer: from, bytes } of steps) {
        if (what === 'hold' && !held.has(`${id}`)) {
          held.add(`${id}`)
          const atOnce = hold(`${id}`, from, { sizeBytes: bytes })
          if (atOnce !== undefined) verdicts.set(`${id}`, atOnce)
        } else if (what === 'copy') book.onCopy(`${id}`, from)
        else clock.advance(bytes)
        assert.ok(book.size <= 8 && book.bytes <= 200)
      }
      clock.advance(4000)
      await heard()
      assert.deepEqual(new Set(verdicts.keys()), held)
      assert.deepEqual([book.size, book.bytes, clock.pending], [0, 0, 0])
    }),
    { numRuns: 50 },
  )
})
