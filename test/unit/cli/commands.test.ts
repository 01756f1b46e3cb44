import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { peerIdFromPublicKey } from '@libp2p/peer-id'
import { enrCommand } from '../../../src/cli/enr-command.ts'
import { keygenCommand } from '../../../src/cli/keygen-command.ts'
import { loadConfig } from '../../../src/config/load.ts'
import type { RelayConfig } from '../../../src/config/schema.ts'
import { loadIdentity } from '../../../src/network-worker/host/identity.ts'
import { bytes, PEER_ID, signedRecord } from './records.ts'

const RECORD = signedRecord({ ip: bytes('c0000201') })

function dataDir(t: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), 'starling-cli-'))
  t.after(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

function readConfig(argv: readonly string[]): RelayConfig {
  return loadConfig({ argv, env: {}, isTty: false, cwd: tmpdir() })
}

async function* input(...chunks: readonly string[]): AsyncGenerator<string> {
  yield* chunks
}

function enr(argv: readonly string[], ...chunks: readonly string[]): Promise<string | undefined> {
  return enrCommand(argv, { readConfig, input: input(...chunks) })
}

test('enr explains the record it is given, the one it reads, and the data dir’s own', async (t) => {
  const dir = dataDir(t)
  writeFileSync(join(dir, 'enr.txt'), `${RECORD}\n`)
  const given = await enr([RECORD])
  assert.match(String(given), new RegExp(`^record {8}${RECORD}\npeer id {7}${PEER_ID}\n`))
  assert.equal(await enr(['-'], RECORD.slice(0, 20), `${RECORD.slice(20)}\r\n`), given)
  assert.equal(await enr(['--data-dir', dir]), given)
})

test('enr --json is for machines, wherever it stands', async () => {
  for (const argv of [
    [RECORD, '--json'],
    ['--json', RECORD],
    ['--json', RECORD, '--network', 'hoodi'],
  ]) {
    assert.equal(JSON.parse(String(await enr(argv))).ip, '192.0.2.1')
  }
})

test('enr refuses what is no record, a data dir without one, and endless input', async (t) => {
  await assert.rejects(enr(['nonsense']), { code: 'BAD_ENR', message: /^invalid ENR: / })
  await assert.rejects(enr(['-'], ''), { code: 'BAD_ENR' })
  await assert.rejects(enr(['-'], ...Array.from({ length: 100 }, () => 'x'.repeat(1_000))), { message: /too long/ })
  await assert.rejects(enr(['--data-dir', dataDir(t)]), { code: 'CONFIG_INVALID', message: /enr\.txt cannot be read/ })
})

test('a configuration that is refused was complained about already', async () => {
  const refuse = { readConfig: () => undefined, input: input() }
  assert.equal(await enrCommand([RECORD], refuse), undefined)
  assert.equal(await keygenCommand([], refuse), undefined)
})

test('keygen makes the key that the relay then starts with, and never a second one', async (t) => {
  const dir = join(dataDir(t), 'new')
  const answer = await keygenCommand(['--data-dir', dir], { readConfig })
  const path = join(dir, 'node-key')
  const key = readFileSync(path, 'utf8')
  assert.equal(statSync(path).mode & 0o777, 0o600)
  const { publicKey } = await loadIdentity(dir)
  assert.equal(answer, `${peerIdFromPublicKey(publicKey).toString()}\n`)
  const again = keygenCommand(['--data-dir', dir], { readConfig })
  await assert.rejects(again, { code: 'CONFIG_INVALID', message: /node-key is there already/ })
  assert.equal(readFileSync(path, 'utf8'), key)
})

test('keygen says when it cannot write', async (t) => {
  const file = join(dataDir(t), 'file')
  writeFileSync(file, '')
  const denied = keygenCommand(['--data-dir', join(file, 'below')], { readConfig })
  await assert.rejects(denied, { code: 'CONFIG_INVALID', message: /node-key cannot be written: / })
})
