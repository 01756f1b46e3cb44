/** A relay whose network thread does not run yet, and does not run any more: every reply against the document. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import pino from 'pino'
import { operations } from '../../../src/api/openapi/document.ts'
import { startRelay } from '../../../src/main/relay.ts'
import { checkReply, operationOf, soundRequests, textOf } from '../../support/contract-check.ts'
import { relayConfig } from '../../support/relay-config.ts'
import { until } from '../../support/until.ts'
import { numberedKeyId } from '../../unit/config/base58-text.ts'

const WORKER = new URL('./late-worker.ts', import.meta.url)
const sound = soundRequests({ peerId: numberedKeyId(1), topic: '/eth2/00000000/beacon_block/ssz_snappy' })
/** What lifts something asks no network thread when there is nothing to lift. */
const LIFTS = ['unbanPeer', 'untrustPeer', 'unbanRange', 'unbanAgent']

/** A port of the system's choice: the relay tells its own only when it runs. */
async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((done) => server.close(done))
  return typeof address === 'object' && address !== null ? address.port : 0
}

function tell(channel: 'late-worker' | 'mortal-worker', command: string): void {
  const sender = new BroadcastChannel(channel)
  sender.postMessage(command)
  sender.close()
}

/** Every operation that asks the network thread is refused with the text; those that do not are answered. */
async function checkAll(api: string, text: string, skipped: readonly string[]): Promise<void> {
  for (const operation of operations.filter(({ id }) => !skipped.includes(id))) {
    const request = sound.get(operation.id) ?? {}
    const status = operation.isLocal === true ? 200 : 503
    const body = await checkReply(api, operation, [status, request])
    if (status === 503) assert.equal(textOf(body), text, operation.id)
  }
}

test('503 while the network thread starts and after it died; what needs none is answered', {
  timeout: 60_000,
}, async (t) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'starling-late-'))
  t.after(() => rmSync(dataDir, { recursive: true, force: true }))
  const apiPort = await freePort()
  const api = `http://127.0.0.1:${apiPort}`
  const starting = startRelay(relayConfig(dataDir, { apiPort, logLevel: 'error' }), {
    workerUrl: WORKER,
    log: pino({ level: 'silent' }),
  })
  await until('the API', () =>
    fetch(api).then(
      () => true,
      () => false,
    ),
  )
  await checkAll(api, 'the worker is still starting', LIFTS)

  // The thread may not listen for its word yet.
  const telling = setInterval(() => tell('late-worker', 'go'), 50)
  const relay = await starting.finally(() => clearInterval(telling))
  t.after(() => relay.stop().catch(() => undefined))
  await checkReply(api, operationOf('listPeers'), [200, {}])
  for (const id of ['banRange', 'banAgent', 'trustPeer'])
    await checkReply(api, operationOf(id), [200, sound.get(id) ?? {}])

  const stranger = { path: { peer_id: numberedKeyId(2) } }
  await checkReply(api, operationOf('banPeer'), [200, stranger])

  tell('mortal-worker', 'exit')
  assert.equal((await relay.failed).message, 'the thread ended with code 3')
  await checkAll(api, 'the network worker is not running', ['unbanPeer'])
  await checkReply(api, operationOf('unbanPeer'), [503, stranger])
})
