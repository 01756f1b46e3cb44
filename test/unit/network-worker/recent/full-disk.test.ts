import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, renameSync, rmdirSync, statSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { block, openRing, type Ring, readBlock } from './scene.ts'

/** From now on each write of the test's file handles takes `bytes` and then finds the disk full. */
async function fillDisk(t: TestContext, ring: Ring, bytes: number): Promise<{ mend(): void }> {
  await using probe = await open(join(ring.dir, readdirSync(ring.dir)[0] ?? ''))
  const prototype = Object.getPrototypeOf(probe)
  const whole = prototype.writev
  const mocked = t.mock.method(
    prototype,
    'writev',
    async function writeSome(this: unknown, pieces: readonly Uint8Array[], at: number) {
      await whole.call(this, [Buffer.concat(pieces).subarray(0, bytes)], at)
      throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
    },
  )
  return { mend: () => mocked.mock.restore() }
}

function bytesOnDisk({ dir }: Ring): number {
  return readdirSync(dir).reduce((sum, name) => sum + statSync(join(dir, name)).size, 0)
}

test('a full disk costs what cannot be written, leaves nothing half written, and is written to again', async (t) => {
  await using ring = await openRing()
  await ring.put(block('a', 96, 'x'))
  const before = bytesOnDisk(ring)
  const disk = await fillDisk(t, ring, 150)
  await ring.put(block('b', 97, 'a'), block('c', 98, 'b'))
  assert.equal(ring.objects.drops.write_failed, 2)
  assert.equal(bytesOnDisk(ring), before)
  assert.deepEqual([ring.objects.span?.head.slot, ring.objects.figures.queuedBytes], [96, 0])
  disk.mend()
  await ring.put(block('b', 97, 'a'))
  for (const _ of ['written', 'reopened']) {
    assert.equal(await readBlock(ring, 'b'), 'block b')
    assert.equal(await readBlock(ring, 'c'), undefined)
    assert.equal(ring.objects.span?.head.slot, 97)
    await ring.reopen()
  }
})

test('past slots leave a full disk too', async (t) => {
  await using ring = await openRing({ slots: 8 })
  await ring.put(block('a', 100, 'x'))
  const disk = await fillDisk(t, ring, 0)
  ring.slot = 120
  await ring.put(block('b', 120, 'a'))
  disk.mend()
  assert.equal(ring.objects.drops.write_failed, 1)
  assert.ok(!readdirSync(ring.dir).includes('12.recent'), `${readdirSync(ring.dir)}`)
})

test('a segment that cannot be opened is left as it is', async () => {
  await using ring = await openRing()
  await ring.put(block('a', 96, 'x'))
  await ring.objects.stop()
  const before = bytesOnDisk(ring)
  const path = join(ring.dir, '12.recent')
  renameSync(path, join(ring.dir, 'aside'))
  mkdirSync(path)
  await ring.reopen()
  await ring.put(block('b', 97, 'a'))
  assert.equal(ring.objects.drops.write_failed, 1)
  await ring.objects.stop()
  rmdirSync(path)
  renameSync(join(ring.dir, 'aside'), path)
  await ring.reopen()
  assert.equal(bytesOnDisk(ring), before)
  assert.equal(await readBlock(ring, 'a'), 'block a')
})
