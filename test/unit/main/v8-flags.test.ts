import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { setV8Flags } from '../../../src/main/v8-flags.ts'
import { isCompiled } from '../../support/v8-compiling.ts'

const MODULE = new URL('../../../src/main/v8-flags.ts', import.meta.url).href
/** By its defaults V8 wants more calls than this. */
const MOST_CALLS = 120
/** It compiles in a thread of its own, which has to come to work on a busy machine. */
const PAUSE_MS = 2

/** How often a new function was called until V8 had compiled it for good, or Infinity. */
async function callsUntilCompiled(): Promise<number> {
  const sum = new Function('numbers', 'let all = 0; for (const one of numbers) all += one; return all')
  for (let calls = 1; calls <= MOST_CALLS; calls++) {
    sum([1, 2, 3])
    if (isCompiled(sum)) return calls
    await sleep(PAUSE_MS)
  }
  return Number.POSITIVE_INFINITY
}

test('what is called once a slot is compiled within some tens of calls, not hundreds', async () => {
  assert.equal(await callsUntilCompiled(), Number.POSITIVE_INFINITY)
  setV8Flags()
  assert.notEqual(await callsUntilCompiled(), Number.POSITIVE_INFINITY)
})

test('this V8 knows every flag', () => {
  const source = `const { setV8Flags } = await import('${MODULE}'); setV8Flags()`
  const child = spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', '--eval', source], {
    encoding: 'utf8',
  })
  assert.deepEqual([child.status, child.stderr, child.stdout], [0, '', ''])
})
