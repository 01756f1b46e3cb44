import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import fc from 'fast-check'
import { KEY_FILE, KeyFile } from '../../../src/beacon-node/key-file.ts'

const ROOT = '5a'.repeat(32)
const KEY_BYTES = 48

function newDir(t: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), 'starling-key-file-'))
  t.after(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

function keysOf(first: number, count: number): Buffer {
  const keys = Buffer.alloc(count * KEY_BYTES, 0xa0)
  for (let i = 0; i < count; i++) keys.writeUInt32BE(first + i, i * KEY_BYTES)
  return keys
}

async function contentOf(file: KeyFile): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for await (const piece of file.pieces()) pieces.push(piece)
  return Buffer.concat(pieces)
}

test('what was appended is there after a restart, piece by piece', async (t) => {
  const dir = newDir(t)
  {
    await using file = await KeyFile.open(dir, ROOT)
    assert.equal(file.count, 0)
    await file.append(keysOf(0, 3))
    await file.append(keysOf(3, 70_000))
  }
  await using again = await KeyFile.open(dir, ROOT)
  assert.deepEqual([again.count, again.lost], [70_003, 0])
  assert.ok((await contentOf(again)).equals(keysOf(0, 70_003)))
})

test('what was cleared is gone, and others can be appended', async (t) => {
  const dir = newDir(t)
  await using file = await KeyFile.open(dir, ROOT)
  await file.append(keysOf(0, 10))
  await file.clear()
  await file.append(keysOf(50, 2))
  await using again = await KeyFile.open(dir, ROOT)
  assert.ok((await contentOf(again)).equals(keysOf(50, 2)))
})

test('a file of another chain is empty', async (t) => {
  const dir = newDir(t)
  {
    await using file = await KeyFile.open(dir, ROOT)
    await file.append(keysOf(0, 10))
  }
  await using other = await KeyFile.open(dir, '5b'.repeat(32))
  assert.deepEqual([other.count, other.lost], [0, 0])
})

test('keys that were written and not counted, as a crash leaves them, are cut off', async (t) => {
  const dir = newDir(t)
  {
    await using file = await KeyFile.open(dir, ROOT)
    await file.append(keysOf(0, 10))
  }
  const path = join(dir, KEY_FILE)
  const { size } = statSync(path)
  writeFileSync(path, Buffer.concat([readFileSync(path), keysOf(10, 3)]))
  await using again = await KeyFile.open(dir, ROOT)
  assert.deepEqual([again.count, again.lost, statSync(path).size], [10, 0, size])
})

test('whatever happens to the file, its keys are those that were written, or none', async (t) => {
  const dir = newDir(t)
  const path = join(dir, KEY_FILE)
  {
    await using file = await KeyFile.open(dir, ROOT)
    await file.append(keysOf(0, 20))
  }
  const sound = readFileSync(path)
  const damage = fc.record({
    length: fc.nat({ max: sound.length + 100 }),
    flips: fc.array(fc.tuple(fc.nat({ max: sound.length - 1 }), fc.integer({ min: 1, max: 255 })), { maxLength: 3 }),
  })
  await fc.assert(
    fc.asyncProperty(damage, async ({ length, flips }) => {
      const bytes = Buffer.alloc(length)
      sound.copy(bytes)
      for (const [at, mask] of flips) if (at < length) bytes[at] = (bytes[at] ?? 0) ^ mask
      writeFileSync(path, bytes)
      await using file = await KeyFile.open(dir, ROOT)
      const keys = await contentOf(file)
      assert.ok(keys.length === 0 || keys.equals(keysOf(0, 20)))
      assert.equal(keys.length, file.count * KEY_BYTES)
    }),
    { numRuns: 200 },
  )
})
