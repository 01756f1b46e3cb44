import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LifeSigns } from '../../../src/main/life-signs.ts'
import { FakeClock } from '../../support/fake-clock.ts'

const SILENCE_MS = 2_000

/** What became of `work` so far. */
function followed(work: Promise<unknown>): { state: string } {
  const seen = { state: 'waiting' }
  work.then(
    (value) => {
      seen.state = `ended: ${value}`
    },
    (err: Error) => {
      seen.state = err.message
    },
  )
  return seen
}

async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
}

test('silence ends the wait, not a moment earlier', async () => {
  const clock = new FakeClock()
  const waited = followed(new LifeSigns(clock).during(new Promise(() => undefined), SILENCE_MS))
  clock.advance(SILENCE_MS - 1)
  await settled()
  assert.equal(waited.state, 'waiting')
  clock.advance(1)
  await settled()
  assert.equal(waited.state, 'no sign of life for 2000 ms: it hangs')
  assert.equal(clock.pending, 0)
})

test('as long as signs come it is waited for, and then for the silence', async () => {
  const clock = new FakeClock()
  const signs = new LifeSigns(clock)
  const waited = followed(signs.during(new Promise(() => undefined), SILENCE_MS))
  for (let i = 0; i < 20; i++) {
    clock.advance(SILENCE_MS - 300)
    signs.heard()
  }
  clock.advance(SILENCE_MS - 300)
  await settled()
  assert.equal(waited.state, 'waiting')
  clock.advance(300)
  await settled()
  assert.match(waited.state, /no sign of life/)
})

for (const [outcome, work, expected] of [
  ['ends', () => Promise.resolve('well'), 'ended: well'],
  ['fails', () => Promise.reject(new Error('badly')), 'badly'],
] as const) {
  test(`what ${outcome} in time does so as it would alone, and leaves no timer`, async () => {
    const clock = new FakeClock()
    const waited = followed(new LifeSigns(clock).during(work(), SILENCE_MS))
    await settled()
    assert.equal(waited.state, expected)
    assert.equal(clock.pending, 0)
  })
}

test('silence before the wait does not count', async () => {
  const clock = new FakeClock()
  const signs = new LifeSigns(clock)
  await signs.during(Promise.resolve(), SILENCE_MS)
  clock.advance(10 * SILENCE_MS)
  const waited = followed(signs.during(new Promise(() => undefined), SILENCE_MS))
  clock.advance(SILENCE_MS - 1)
  await settled()
  assert.equal(waited.state, 'waiting')
})
