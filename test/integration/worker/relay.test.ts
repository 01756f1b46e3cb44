import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import pino from 'pino'
import { loadConfig } from '../../../src/config/load.ts'
import type { RelayConfig } from '../../../src/config/schema.ts'
import { networkByName } from '../../../src/consensus/networks.ts'
import { type RelayOptions, startRelay } from '../../../src/main/relay.ts'

const workerUrl = new URL('./faulty-worker.ts', import.meta.url)

const dir = mkdtempSync(join(tmpdir(), 'starling-relay-'))
after(() => rmSync(dir, { recursive: true, force: true }))

/** A configuration of the real loader; what the faulty node does at start goes where peers would. */
function config(apiPort: number, scenario: readonly string[] = []): RelayConfig {
  const dataDir = mkdtempSync(join(dir, 'data-'))
  const argv = ['--network', 'hoodi', '--api-port', String(apiPort), '--log-level', 'silent', '--data-dir', dataDir]
  return { ...loadConfig({ argv, env: {}, isTty: false, cwd: import.meta.dirname }), peers: [...scenario] }
}

function logged(): { readonly options: RelayOptions; readonly lines: Record<string, unknown>[] } {
  const lines: Record<string, unknown>[] = []
  const log = pino({}, { write: (line: string) => void lines.push(JSON.parse(line)) })
  return { options: { workerUrl, log }, lines }
}

/** A port that was free a moment ago, for a test that asks the API before it could say where it is. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** Asks until the API listens; bounded by the test's own time-out. */
async function firstAnswer(url: string): Promise<Response> {
  for (;;) {
    const answer = await fetch(url).catch(() => undefined)
    if (answer !== undefined) return answer
    await new Promise((resolve) => setImmediate(resolve))
  }
}

test('a running relay: the API reaches the worker, the start line names both', async (t) => {
  const { options, lines } = logged()
  const relay = await startRelay(config(0), options)
  t.after(() => relay.stop())
  const answer = await fetch(`${relay.apiUrl}/node/info`)
  assert.equal(((await answer.json()) as { peer_id: string }).peer_id, '16Uiu2HAmSample')
  const start = lines.find(({ msg }) => msg === 'relay started')
  assert.deepEqual(
    [start?.['peer_id'], start?.['enr'], start?.['api']],
    ['16Uiu2HAmSample', 'enr:-sample', relay.apiUrl],
  )
  assert.deepEqual(start?.['addresses'], ['/ip4/127.0.0.1/tcp/9000/p2p/16Uiu2HAmSample'])
})

test('while the worker starts, health answers 503; an abort stops both and rejects', async () => {
  const port = await freePort()
  const abort = new AbortController()
  const started = startRelay(config(port, ['hang']), { ...logged().options, signal: abort.signal })
  const rejected = assert.rejects(started)
  assert.equal((await firstAnswer(`http://127.0.0.1:${port}/eth/v1/node/health`)).status, 503)
  abort.abort()
  await rejected
  await assert.rejects(fetch(`http://127.0.0.1:${port}/`), 'the API is gone')
})

test('a signal that is aborted already starts nothing', async () => {
  const { options, lines } = logged()
  await assert.rejects(startRelay(config(0), { ...options, signal: AbortSignal.abort() }), { name: 'AbortError' })
  assert.deepEqual(lines, [])
})

test('when the worker dies, `failed` says why and the API answers 503 until the stop', async (t) => {
  const { options } = logged()
  const relay = await startRelay(config(0), options)
  t.after(() => relay.stop())
  await fetch(`${relay.apiUrl}/mesh`)
  assert.equal((await relay.failed).message, 'told to throw')
  for (const path of ['/eth/v1/node/health', '/peers', '/node/info']) {
    assert.equal((await fetch(`${relay.apiUrl}${path}`)).status, 503, path)
  }
  await relay.stop()
  await assert.rejects(fetch(`${relay.apiUrl}/peers`))
})

test('a worker that cannot start takes the API down with it', async () => {
  const port = await freePort()
  await assert.rejects(startRelay(config(port, ['fail']), logged().options), { message: 'address in use' })
  await assert.rejects(fetch(`http://127.0.0.1:${port}/`))
})

test('a trusted peer that the worker cannot read stops the start, by its text', async () => {
  const port = await freePort()
  const trustedPeers = ['/ip4/192.0.2.1/tcp/9000']
  await assert.rejects(startRelay({ ...config(port), trustedPeers }, logged().options), {
    code: 'CONFIG_INVALID',
    message: '--trusted-peers: "/ip4/192.0.2.1/tcp/9000": no peer id',
  })
  await assert.rejects(fetch(`http://127.0.0.1:${port}/`), 'what had started is stopped')
})

test('a data directory of another network stops the start before anything is opened', async () => {
  const port = await freePort()
  const hoodi = config(port)
  await (await startRelay(hoodi, logged().options)).stop()
  const sepolia = { ...hoodi, network: networkByName('sepolia') }
  await assert.rejects(startRelay(sepolia, logged().options), {
    code: 'CONFIG_INVALID',
    message: /is of hoodi .*this start is for sepolia .*a data directory of its own/,
  })
  await assert.rejects(fetch(`http://127.0.0.1:${port}/`))
})

test('stop is idempotent', async () => {
  const relay = await startRelay(config(0), logged().options)
  await Promise.all([relay.stop(), relay.stop()])
  await relay.stop()
})
