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
  test(`on Linux the thread that asks goes from ${before} to ${after}`, () => {
    const calls: (readonly [number, number])[] = []
    yieldToNetwork(LOG, { platform: 'linux', get: () => before, set: (...call) => void calls.push(call) })
    assert.deepEqual(calls, [[0, after]])
  })
}

for (const platform of ['darwin', 'win32'] as const) {
  test(`on ${platform}, where it would be the whole process, nothing is changed`, () => {
    const touched = (): never => assert.fail('the priority was touched')
    yieldToNetwork(LOG, { platform, get: touched, set: touched })
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
