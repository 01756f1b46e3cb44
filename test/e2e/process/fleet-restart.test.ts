/** Relays that docs/operators/fleet/restart.sh restarts, played by a server of health checks and a systemctl of our own. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { scratchDirectory } from './scratch.ts'

const SCRIPT = fileURLToPath(new URL('../../../docs/operators/fleet/restart.sh', import.meta.url))
/** Where the API is when its port is not said, at an address that nobody else has. */
const DEFAULT_PORT = 5052
const OWN_ADDRESS = '127.52.50.53'

interface Host {
  readonly dir: string
  /** What systemctl was asked, in its order. */
  readonly asked: () => readonly string[]
  /** Settings of a relay, with a database. */
  readonly relay: (name: string, yaml: string) => void
  readonly restart: (...names: readonly string[]) => Promise<Outcome>
}

interface Outcome {
  readonly code: number
  readonly lines: readonly string[]
  readonly complaint: string
}

/** @param waitSeconds a relay has to forward again: by far enough where it does */
function hostOf(t: TestContext, waitSeconds = 60): Host {
  const dir = scratchDirectory(t)
  const log = join(dir, 'asked')
  writeFileSync(log, '')
  for (const name of ['bin', 'etc', 'data', 'starling-2']) mkdirSync(join(dir, name))
  symlinkSync('starling-2', join(dir, 'starling'))
  writeFileSync(join(dir, 'bin', 'systemctl'), `#!/bin/sh\necho "$@" >> ${log}\n`)
  chmodSync(join(dir, 'bin', 'systemctl'), 0o755)
  const places = { PROGRAM: join(dir, 'starling'), SETTINGS: join(dir, 'etc'), DATA: join(dir, 'data') }
  const env = {
    ...process.env,
    ...places,
    WAIT_SECONDS: String(waitSeconds),
    PATH: `${join(dir, 'bin')}:${process.env['PATH']}`,
  }
  return {
    dir,
    asked: () => readFileSync(log, 'utf8').split('\n').slice(0, -1),
    relay: (name, yaml) => {
      writeFileSync(join(dir, 'etc', `${name}.yaml`), yaml)
      mkdirSync(join(dir, 'data', name))
      writeFileSync(join(dir, 'data', name, 'starling.db'), `database of ${name}`)
    },
    restart: (...names) =>
      new Promise((resolve) => {
        const child = execFile(SCRIPT, [...names], { env }, (_, out, complaint) =>
          resolve({ code: child.exitCode ?? -1, lines: out.split('\n').slice(0, -1), complaint }),
        )
      }),
  }
}

/** An API that answers health checks with these, the last one for ever, and anything else with 401. @returns its port */
async function healthOf(t: TestContext, statuses: readonly number[], address = '127.0.0.1', port = 0): Promise<number> {
  let checks = 0
  const server = createServer((request, response) => {
    response.statusCode = 401
    if (request.url === '/eth/v1/node/health') response.statusCode = statuses[checks++] ?? statuses.at(-1) ?? 0
    response.end()
  }).listen(port, address)
  t.after(() => server.close())
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

test('one after the other, each when the last one forwards; wherever its API is', async (t) => {
  const host = hostOf(t)
  const first = await healthOf(t, [503, 206, 200])
  await healthOf(t, [200], OWN_ADDRESS, DEFAULT_PORT)
  host.relay('fra1', `network: mainnet\napi-port: ${first} # of its own\n`)
  host.relay('fra2', `api-address: "${OWN_ADDRESS}"\napi-token-file: /etc/starling/api-token\n`)
  const { code, lines, complaint } = await host.restart('fra1', 'fra2')
  assert.equal(complaint, '')
  assert.equal(code, 0)
  assert.deepEqual(lines, ['fra1 forwards again', 'fra2 forwards again'])
  assert.deepEqual(
    host.asked(),
    ['fra1', 'fra2'].flatMap((name) => [`stop starling@${name}`, `start starling@${name}`]),
  )
})

test('one that does not forward in time ends it, and the others are left alone', async (t) => {
  const host = hostOf(t, 2)
  host.relay('fra1', `api-port: ${await healthOf(t, [206])}\n`)
  host.relay('fra2', `api-port: ${await healthOf(t, [200])}\n`)
  const { code, complaint } = await host.restart('fra1', 'fra2')
  assert.equal(code, 1)
  assert.match(complaint, /^restart\.sh: fra1 does not forward after 2 s: http:\S+ answers 206\n$/)
  assert.deepEqual(host.asked(), ['stop starling@fra1', 'start starling@fra1'])
})

test('the database is copied before a version first starts on it, and not at its later starts', async (t) => {
  const host = hostOf(t)
  host.relay('fra1', `api-port: '${await healthOf(t, [200])}'\n`)
  const file = (name: string): string => join(host.dir, 'data', 'fra1', name)
  writeFileSync(file('starling.db-wal'), 'of a crash')
  assert.equal((await host.restart('fra1')).code, 0)
  writeFileSync(file('starling.db'), 'of the new version')
  assert.equal((await host.restart('fra1')).code, 0)
  assert.equal(readFileSync(file('starling.db.before-starling-2'), 'utf8'), 'database of fra1')
  assert.equal(readFileSync(file('starling.db.before-starling-2-wal'), 'utf8'), 'of a crash')
  assert.ok(!existsSync(file('starling.db.before-starling-2.part')))
})

test('nothing is stopped for a relay that there is not', async (t) => {
  const host = hostOf(t)
  host.relay('fra1', '')
  for (const [names, complaint] of [
    [['fra1', 'fra9'], /fra9\.yaml cannot be read/],
    [[], /usage/],
  ] as const) {
    const outcome = await host.restart(...names)
    assert.equal(outcome.code, 1)
    assert.match(outcome.complaint, complaint)
  }
  assert.deepEqual(host.asked(), [])
})
