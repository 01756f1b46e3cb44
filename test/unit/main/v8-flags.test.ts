import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { setV8Flags } from '../../../src/main/v8-flags.ts'

const MODULE = new URL('../../../src/main/v8-flags.ts', import.meta.url).href
/** V8 compiles in a thread of its own; by its defaults a function has to be called more often than this. */
const MOST_CALLS = 250

/** How often a new function was called until V8 had compiled it for good, or Infinity. */
async function callsUntilCompiled(): Promise<number> {
  const sum = new Function('numbers', 'let all = 0; for (const one of numbers) all += one; return all')
  const isCompiled = new Function('f', 'return %ActiveTierIsMaglev(f) || %ActiveTierIsTurbofan(f)')
  for (let calls = 1; calls <= MOST_CALLS; calls++) {
    sum([1, 2, 3])
    for (let turn = 0; turn < 20; turn++) await nextTurn()
    if (isCompiled(sum)) return calls
  }
  return Number.POSITIVE_INFINITY
}

test('what is called once a slot is compiled within some tens of calls, not hundreds', async () => {
  setFlagsFromString('--allow-natives-syntax')
  assert.equal(await callsUntilCompiled(), Number.POSITIVE_INFINITY)
  setV8Flags()
  const calls = await callsUntilCompiled()
  assert.ok(calls < 150, `compiled after ${calls} calls`)
})

test('this V8 knows every flag', () => {
  const source = `const { setV8Flags } = await import('${MODULE}'); setV8Flags()`
  const child = spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', '--eval', source], {
    encoding: 'utf8',
  })
  assert.deepEqual([child.status, child.stderr, child.stdout], [0, '', ''])
})
