import assert from 'node:assert/strict'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { loadIdentity } from '../../../../src/network-worker/host/identity.ts'
import { NODE_KEY_FILE } from '../../../../src/shared/data-files.ts'
import { RelayError } from '../../../../src/shared/errors.ts'
import { scratchDirectory } from './scratch-directory.ts'

/** The order of secp256k1: the first number that is no key. */
const CURVE_ORDER = 'fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141'

test('the first start makes a key that its owner alone can read, and leaves nothing else behind', async () => {
  using directory = scratchDirectory()
  const dataDir = join(directory.path, 'not', 'there', 'yet')
  const key = await loadIdentity(dataDir)
  const path = join(dataDir, NODE_KEY_FILE)
  assert.equal(key.type, 'secp256k1')
  assert.equal(statSync(path).mode & 0o777, 0o600)
  assert.deepEqual(readdirSync(dataDir), [NODE_KEY_FILE])
  assert.match(readFileSync(path, 'utf8'), /^[0-9a-f]{64}\n$/)
})

test('the next start reads the same key', async () => {
  using directory = scratchDirectory()
  const first = await loadIdentity(directory.path)
  const second = await loadIdentity(directory.path)
  assert.deepEqual(second.raw, first.raw)
  assert.deepEqual(second.publicKey.raw, first.publicKey.raw)
})

test('two data directories hold two identities', async () => {
  using one = scratchDirectory()
  using other = scratchDirectory()
  assert.notDeepEqual((await loadIdentity(one.path)).raw, (await loadIdentity(other.path)).raw)
})

test('a key written by hand, in upper case and with blanks around it, is read', async () => {
  using directory = scratchDirectory()
  writeFileSync(join(directory.path, NODE_KEY_FILE), `  ${'AB'.repeat(32)}\r\n`)
  assert.equal(Buffer.from((await loadIdentity(directory.path)).raw).toString('hex'), 'ab'.repeat(32))
})

for (const [what, text] of [
  ['an empty file', ''],
  ['too few digits', 'ab'.repeat(31)],
  ['too many digits', 'ab'.repeat(33)],
  ['something else', 'the key is under the mat'],
  ['zero', '00'.repeat(32)],
  ['a number outside the curve', CURVE_ORDER],
] as const) {
  test(`${what} in place of a key is refused and not overwritten`, async () => {
    using directory = scratchDirectory()
    const path = join(directory.path, NODE_KEY_FILE)
    writeFileSync(path, text)
    await assert.rejects(
      loadIdentity(directory.path),
      (error) => error instanceof RelayError && error.code === 'CONFIG_INVALID' && error.message.includes(path),
    )
    assert.equal(readFileSync(path, 'utf8'), text)
  })
}

test('a data directory that cannot be made fails the start', async () => {
  using directory = scratchDirectory()
  const file = join(directory.path, 'file')
  writeFileSync(file, '')
  await assert.rejects(loadIdentity(join(file, 'data')), /ENOTDIR/)
})
