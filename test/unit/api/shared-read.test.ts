import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import fc from 'fast-check'
import { SharedRead } from '../../../src/api/shared-read.ts'
import { FakeClock } from '../../support/fake-clock.ts'

const OPEN = { pass: <T>(call: () => Promise<T>): Promise<T> => call() }

/** A read whose answers wait until the test gives them; each says how many were asked for before it. */
function scene() {
  const clock = new FakeClock()
  const pending: { readonly key: string; answer(): void; fail(): void }[] = []
  let sent = 0
  const send = (key: string): Promise<number> => {
    const { promise, resolve, reject } = Promise.withResolvers<number>()
    const number = sent++
    pending.push({ key, answer: () => resolve(number), fail: () => reject(new Error(String(number))) })
    return promise
  }
  const shared = new SharedRead(send, { clock, gate: OPEN })
  const answerNext = async (): Promise<void> => {
    pending.shift()?.answer()
    await turn()
  }
  return { clock, pending, shared, answerNext, sent: () => sent }
}

for (const { tookMs, restMs } of [
  { tookMs: 0, restMs: 100 },
  { tookMs: 5, restMs: 100 },
  { tookMs: 10, restMs: 200 },
  { tookMs: 25, restMs: 500 },
  { tookMs: 4_000, restMs: 500 },
]) {
  test(`after an answer that took ${tookMs} ms the worker rests ${restMs} ms`, async () => {
    const { clock, shared, answerNext, sent } = scene()
    const first = shared.read()
    clock.advance(tookMs)
    await answerNext()
    clock.advance(restMs - 1)
    assert.equal(shared.read(), first)
    assert.equal(sent(), 1)
    clock.advance(1)
    void shared.read()
    assert.equal(sent(), 2)
  })
}

test('a failure is not held', async () => {
  const { pending, shared, sent } = scene()
  const failing = shared.read()
  pending.shift()?.fail()
  await assert.rejects(failing)
  void shared.read()
  assert.equal(sent(), 2)
})

test('64 answers are held; the one asked for longest ago makes room, and while all are on their way nobody does', async () => {
  const { shared, pending, answerNext, sent } = scene()
  for (let key = 0; key < 64; key++) void shared.read(`peer ${key}`)
  void shared.read('over')
  void shared.read('over')
  assert.equal(sent(), 66)
  while (pending.length > 0) await answerNext()
  void shared.read('newer')
  void shared.read('newer')
  void shared.read('peer 1')
  assert.equal(sent(), 67)
  void shared.read('peer 0')
  assert.equal(sent(), 68)
})

type Step = 'read' | 'answer' | 'write' | { readonly waitMs: number }

const STEP: fc.Arbitrary<Step> = fc.oneof(
  fc.constantFrom<Step>('read', 'read', 'read', 'answer', 'write'),
  fc.record({ waitMs: fc.integer({ min: 1, max: 300 }) }),
)

test('property: a read never answers what was asked for before the last write; calls are never closer than 100 ms', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(STEP, { maxLength: 60 }), async (steps) => {
      const { clock, pending, shared, answerNext, sent } = scene()
      const reads: { readonly oldest: number; readonly read: Promise<number> }[] = []
      let sentBeforeWrite = 0
      let writes = 0
      const run = async (step: Step): Promise<void> => {
        if (step === 'read') reads.push({ oldest: sentBeforeWrite, read: shared.read() })
        else if (step === 'answer') await answerNext()
        else if (step === 'write') {
          shared.part()
          writes++
          sentBeforeWrite = sent()
        } else clock.advance(step.waitMs)
      }
      for (const step of steps) await run(step)
      while (pending.length > 0) await answerNext()
      for (const { oldest, read } of reads) assert.ok((await read) >= oldest)
      assert.ok(sent() <= 1 + writes + clock.monotonicMs() / 100)
    }),
  )
})
