/** Versions side by side, and a link to the one that the next start runs (docs/operators/fleet.md). */
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, renameSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { Child, quietFlags, STARLING } from './child.ts'
import { scratchDirectory } from './scratch.ts'

const noProc = process.platform === 'linux' ? false : 'there is no /proc'

test('a relay that was started through a link runs from where it leads, and goes on when it leads elsewhere', {
  skip: noProc,
}, async (t) => {
  const dir = scratchDirectory(t)
  const link = join(dir, 'starling')
  symlinkSync(dirname(STARLING), link)
  const child = new Child(t, join(link, 'starling'), ['run', ...quietFlags(t)])
  const { api } = await child.line('relay started')

  const { pid } = child.process
  const [node = '', ...args] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
  const entry = args.find((arg) => /\/main\/main\.[jt]s$/.test(arg)) ?? ''
  for (const path of [node, entry]) assert.ok(path.startsWith(`${dirname(STARLING)}/`), path)
  assert.doesNotMatch(readFileSync(`/proc/${pid}/maps`, 'utf8'), new RegExp(link))

  // As `ln -sfn` does, to a version that could not run.
  mkdirSync(join(dir, 'other'))
  symlinkSync('other', join(dir, 'next'))
  renameSync(join(dir, 'next'), link)
  assert.equal((await fetch(`${api}/node/info`)).status, 200)
  child.process.kill('SIGTERM')
  assert.equal((await child.end()).code, 0)
  assert.deepEqual(child.errorLines, [])
})
