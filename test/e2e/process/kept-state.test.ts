import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { type Child, quietFlags, starling } from './child.ts'

const PEER = '16Uiu2HAmJB7R91zvvnx5P29vfuqpWUvjnCTKhrV4r8YgCpx1N56S'

interface Running {
  readonly child: Child
  request(method: string, path: string, json?: unknown): Promise<{ readonly status: number; readonly body: unknown }>
  stop(): Promise<void>
}

async function run(t: TestContext, flags: readonly string[]): Promise<Running> {
  const child = starling(t, ['run', '--no-quic', ...flags])
  const { api } = await child.line('relay started')
  return {
    child,
    request: async (method, path, json) => {
      const body =
        json === undefined ? {} : { body: JSON.stringify(json), headers: { 'content-type': 'application/json' } }
      const response = await fetch(`${api}${path}`, { method, ...body })
      return { status: response.status, body: await response.json() }
    },
    stop: async () => {
      child.process.kill('SIGTERM')
      assert.equal((await child.end()).code, 0)
    },
  }
}

function dataDirOf(flags: readonly string[]): string {
  return String(flags[flags.indexOf('--data-dir') + 1])
}

/** Lines about settings that were stored, as `<setting>: <message>`. */
function verdicts({ child }: Running): string[] {
  return child.log.filter(({ setting }) => setting !== undefined).map(({ setting, msg }) => `${setting}: ${msg}`)
}

const UNCHANGED = { discovery_interval_ms: 2000, active_validators: null }

test('what was changed over the API outlives a restart, until its flag changes, and the log says which won', async (t) => {
  const flags = quietFlags(t)
  const first = await run(t, flags)
  const patched = await first.request('PATCH', '/config', { network_load: 8, target_peers: 100, max_latency_ms: 175.5 })
  assert.equal(patched.status, 200)
  const changed = { target_peers: 100, max_latency_ms: 175.5, network_load: 8, heartbeat_interval_ms: 500 }
  assert.deepEqual(patched.body, { status: 'ok', ...changed, ...UNCHANGED })
  assert.equal((await first.request('POST', `/mesh/explicit/${PEER}`)).status, 200)
  await first.stop()

  const second = await run(t, flags)
  assert.deepEqual((await second.request('GET', '/config')).body, { ...changed, ...UNCHANGED })
  assert.deepEqual((await second.request('GET', '/mesh/explicit')).body, [{ peer_id: PEER, is_connected: false }])
  const kept = 'stored setting wins: its start-up value is as it was'
  assert.deepEqual(verdicts(second), [`max_latency_ms: ${kept}`, `network_load: ${kept}`, `target_peers: ${kept}`])
  assert.equal((await second.request('DELETE', `/mesh/explicit/${PEER}`)).status, 200)
  await second.stop()

  const third = await run(t, [...flags, '--network-load', '6'])
  assert.deepEqual((await third.request('GET', '/config')).body, {
    ...changed,
    network_load: 6,
    heartbeat_interval_ms: 600,
    ...UNCHANGED,
  })
  assert.deepEqual((await third.request('GET', '/mesh/explicit')).body, [])
  assert.ok(verdicts(third).includes('network_load: start-up value wins: it has changed'))
  await third.stop()
})

test('a second relay on the same data directory: exit 1, one fatal line that names the file; the first goes on', async (t) => {
  const flags = quietFlags(t)
  const first = await run(t, flags)
  const second = starling(t, ['run', '--no-quic', ...flags])
  assert.equal((await second.end()).code, 1)
  const file = join(dataDirOf(flags), 'starling.db')
  assert.deepEqual(
    second.log.map(({ level, msg }) => [level, msg]),
    [['fatal', 'the relay could not start']],
  )
  const text = (second.log[0]?.['err'] as { readonly message: string } | undefined)?.message
  assert.ok(
    text?.startsWith(`${file} is in use by another process: every relay needs a data directory of its own`),
    text,
  )
  assert.deepEqual(second.errorLines, [])
  assert.equal((await first.request('PATCH', '/config', { target_peers: 7 })).status, 200)
  await first.stop()
})

test('a database that is none: exit 1, one fatal line that names the file, and the file is untouched', async (t) => {
  const flags = quietFlags(t)
  const file = join(dataDirOf(flags), 'starling.db')
  writeFileSync(file, 'not a database\n'.repeat(100))
  const child = starling(t, ['run', ...flags])
  assert.equal((await child.end()).code, 1)
  assert.equal(child.lines.length, 1)
  assert.match(child.lines[0] ?? '', /starling\.db is not a database; move it away/)
})
