import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pairedFlags } from '../../../bench/macro/flags.ts'
import { runPaired } from '../../../bench/paired.ts'

test('a bench of which nothing can be measured says so before it begins', async () => {
  const flags = ['--relays', 'starling', '--validation', 'default', '--rounds', '1']
  const options = pairedFlags(flags, { seconds: 1, warmupSeconds: 0 })
  const measure = () => Promise.reject(new Error('it began'))
  const bench = { name: 'fan', cases: ['burst x2'], measure, skips: () => true }
  await assert.rejects(runPaired(bench, options), { message: /does not let pass what fan sends in burst x2/ })
  await assert.rejects(runPaired({ ...bench, cases: [] }, options), { message: /no case is called/ })
})
