import assert from 'node:assert/strict'
import { test } from 'node:test'
import pino from 'pino'
import { yieldToNetwork } from '../../../src/main/thread-priority.ts'

const LOG = pino({ level: 'silent' })

for (const [before, after] of [
  [0, 5],
  [-10, -5],
  [17, 19],
  [19, 19],
] as const) {
  test(`on Linux the thread that asks and V8's helpers go from ${before} to ${after}`, () => {
    const calls: (readonly [number, number])[] = []
    const set = (...call: readonly [number, number]): void => void calls.push(call)
    yieldToNetwork(LOG, { platform: 'linux', helpers: () => [71, 72], get: () => before, set })
    assert.deepEqual(calls, [
      [0, after],
      [71, after],
      [72, after],
    ])
  })
}

for (const platform of ['darwin', 'win32'] as const) {
  test(`on ${platform}, where it would be the whole process, nothing is changed`, () => {
    const touched = (): never => assert.fail('the priority was touched')
    yieldToNetwork(LOG, { platform, helpers: touched, get: touched, set: touched })
  })
}

test('a system that refuses is no failure', () => {
  yieldToNetwork(LOG, {
    platform: 'linux',
    get: () => 0,
    set: () => {
      throw new Error('EACCES')
    },
  })
})
