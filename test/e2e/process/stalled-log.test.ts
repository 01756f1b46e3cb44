import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { constants, existsSync, openSync, readFileSync } from 'node:fs'
import { Socket } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type TestContext, test } from 'node:test'
import { until } from '../../support/until.ts'
import { type LogLine, quietFlags, STARLING, starling } from './child.ts'
import { scratchDirectory } from './scratch.ts'

/** Bound of design.md: a stop, goodbyes included. */
const STOP_BOUND_MS = 10_000

/** Each is two lines or more of `trace`: together twice what a pipe and the sinks of two threads hold. */
const PATCHES = 2_500

/** A relay's standard output: what comes out of it is read until `out` is paused. */
interface Outlet {
  readonly name: string
  /** What the relay gets, and where it comes out; the latter is the child's own when there is none. */
  open(t: TestContext): { readonly stdout: 'pipe' | number; readonly out?: Socket }
}

const OUTLETS: readonly Outlet[] = [
  { name: 'socket', open: () => ({ stdout: 'pipe' }) },
  {
    name: 'pipe',
    open: (t) => {
      const path = join(scratchDirectory(t), 'pipe')
      execFileSync('mkfifo', [path])
      const out = new Socket({ fd: openSync(path, constants.O_RDONLY | constants.O_NONBLOCK), writable: false })
      t.after(() => out.destroy())
      return { stdout: openSync(path, constants.O_WRONLY), out }
    },
  },
]

for (const outlet of OUTLETS) {
  test(`standard output is a ${outlet.name} that nobody reads any more: the relay goes on, and leaves in order`, async (t) => {
    const { stdout, out: own } = outlet.open(t)
    const child = spawn(STARLING, ['run', ...quietFlags(t), '--log-level', 'trace'], {
      stdio: ['ignore', stdout, 'inherit'],
    })
    t.after(() => child.kill('SIGKILL'))
    const out = own ?? child.stdout
    assert.ok(out !== null)
    const log: LogLine[] = []
    createInterface(out).on('line', (line) => log.push(JSON.parse(line) as LogLine))
    const lineOf = async (message: string): Promise<LogLine> => {
      await until(message, () => log.some(({ msg }) => msg === message))
      return log.find(({ msg }) => msg === message) ?? {}
    }
    const { api } = await lineOf('relay started')

    out.pause()
    for (let n = 0; n < PATCHES; n++) {
      const body = JSON.stringify({ network_load: 1 + (n % 20) })
      const headers = { 'content-type': 'application/json' }
      const answer = await fetch(`${api}/config`, {
        method: 'PATCH',
        body,
        headers,
        signal: AbortSignal.timeout(5_000),
      })
      assert.equal(answer.status, 200)
      await answer.arrayBuffer()
    }
    out.resume()
    const { lines, output } = await lineOf('log lines were lost')
    t.diagnostic(`${lines} lines lost`)
    assert.equal(output, 'stdout')

    out.pause()
    const beganMs = performance.now()
    child.kill('SIGTERM')
    assert.deepEqual(await once(child, 'exit'), [0, null])
    assert.ok(performance.now() - beganMs < STOP_BOUND_MS)
  })
}

test('SIGHUP ends it in order when nobody reads its log any more', async (t) => {
  const child = starling(t, ['run', ...quietFlags(t)])
  await child.line('relay started')
  child.process.stdout?.destroy()
  child.process.kill('SIGHUP')
  const { code, ms } = await child.end()
  assert.equal(code, 0)
  assert.ok(ms < STOP_BOUND_MS)
})

const NO_TERMINAL = existsSync('/usr/bin/script') ? false : 'no script(1), which makes a terminal'

test('a terminal that goes away ends it in order', { skip: NO_TERMINAL }, async (t) => {
  const file = join(scratchDirectory(t), 'relay.log')
  const command = [STARLING, 'run', ...quietFlags(t), '--log-file', file].join(' ')
  const terminal = spawn('/usr/bin/script', ['--quiet', '--command', `exec ${command}`, '/dev/null'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  t.after(() => terminal.kill('SIGKILL')) // the relay ends with it, as is shown
  const logged = (): LogLine[] =>
    existsSync(file)
      ? readFileSync(file, 'utf8')
          .split('\n')
          .slice(0, -1)
          .map((line) => JSON.parse(line) as LogLine)
      : []
  await until('its start', () => logged().some(({ msg }) => msg === 'relay started'))
  terminal.kill('SIGKILL')
  await until('its end', () => logged().some(({ msg }) => msg === 'stopped'), STOP_BOUND_MS)
  assert.equal(logged().find(({ msg }) => msg === 'stopping')?.['signal'], 'SIGHUP')
  assert.equal(logged().at(-1)?.['code'], 0)
})
