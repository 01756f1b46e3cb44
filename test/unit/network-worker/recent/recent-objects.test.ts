import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { test } from 'node:test'
import { SEGMENT_SLOTS } from '../../../../src/network-worker/recent/recent-objects.ts'
import { block, column, openRing, readBlock, rootOf } from './scene.ts'

test('what was put is found by its root, and again after a restart', async () => {
  await using ring = await openRing()
  await ring.put(block('a', 98, 'genesis'), column('a', 98, 7), block('b', 99, 'a'))
  for (const round of ['written', 'reopened']) {
    assert.equal(await readBlock(ring, 'a'), 'block a', round)
    assert.equal(await readBlock(ring, 'b'), 'block b', round)
    assert.equal(ring.objects.block(rootOf('a'))?.head.digestHex, 'aabbccdd')
    const place = ring.objects.column(rootOf('a'), 7)
    assert.equal(Buffer.from((await place?.segment.read(place)) ?? []).toString(), 'column 7 of a', round)
    assert.equal(ring.objects.column(rootOf('a'), 8), undefined)
    assert.deepEqual(
      ring.objects.chain.map(({ slot }) => slot),
      [98, 99],
      round,
    )
    assert.equal(ring.objects.earliestSlot, 98)
    await ring.reopen()
  }
})

test('segments that are past are deleted, and their objects with them', async () => {
  await using ring = await openRing({ slots: 16 })
  let parent = 'genesis'
  for (let slot = 100; slot < 160; slot++) {
    ring.slot = slot
    await ring.put(block(`s${slot}`, slot, parent))
    parent = `s${slot}`
  }
  assert.ok(readdirSync(ring.dir).length <= 16 / SEGMENT_SLOTS + 1, `${readdirSync(ring.dir)}`)
  assert.equal(ring.objects.block(rootOf('s100')), undefined)
  assert.equal(await readBlock(ring, 's159'), 'block s159')
  assert.equal(ring.objects.earliestSlot, 144)
  ring.slot = 300
  await ring.reopen()
  assert.deepEqual(readdirSync(ring.dir), [])
  assert.equal(ring.objects.earliestSlot, undefined)
})

test('a queue that is full drops, says so, and no chain is told until it has grown past', async () => {
  await using ring = await openRing({ maxQueueBytes: 20 })
  ring.objects.put(...block('a', 97, 'genesis'))
  ring.objects.put(...block('b', 98, 'a'))
  ring.objects.put(...block('c', 99, 'b'))
  await ring.objects.written()
  assert.equal(ring.objects.drops.queue_full, 1)
  assert.equal(ring.objects.figures.queuedBytes, 0)
  assert.equal(await readBlock(ring, 'b'), 'block b')
  assert.equal(ring.objects.earliestSlot, undefined, 'c is missing')
  await ring.put(block('d', 100, 'b'))
  assert.equal(ring.objects.earliestSlot, 97, 'c was not of the chain')
  ring.objects.missedColumn(98)
  assert.deepEqual(
    ring.objects.chain.map(({ slot }) => slot),
    [100],
  )
})

test('a disk that is full costs the oldest slots', async () => {
  await using ring = await openRing({ maxDiskBytes: 3_000 })
  for (let slot = 60; slot <= 100; slot++) await ring.put(block(`s${slot}`, slot, `s${slot - 1}`))
  assert.ok(ring.objects.figures.diskBytes <= 3_000)
  assert.ok((ring.objects.earliestSlot ?? 0) > 60)
  assert.equal(ring.objects.chain.at(-1)?.slot, 100)
})

test('slots beyond the window and the clock are refused', async () => {
  await using ring = await openRing()
  await ring.put(block('old', 20, 'x'), block('future', 102, 'y'), block('next', 101, 'z'))
  assert.equal(ring.objects.drops.out_of_window, 2)
  assert.equal(ring.objects.figures.objects, 1)
})

test('a slot takes four blocks, and each column of two of them; what is here is not written twice', async () => {
  await using ring = await openRing()
  for (const name of 'abcdef') await ring.put(block(name, 99, 'p'), column(name, 99, 3))
  await ring.put(block('a', 99, 'p'))
  assert.equal(ring.objects.figures.objects, 6)
  const { diskBytes } = ring.objects.figures
  await ring.put(block('a', 99, 'p'), column('a', 99, 3))
  assert.equal(ring.objects.figures.diskBytes, diskBytes)
})

test('files that cannot be written cost their objects and nothing else', async () => {
  await using ring = await openRing()
  await ring.put(block('a', 99, 'genesis'))
  await ring.objects.block(rootOf('a'))?.segment.close()
  await ring.put(block('b', 100, 'a'))
  assert.equal(ring.objects.drops.write_failed, 1)
  assert.equal(await readBlock(ring, 'a'), undefined)
  await ring.reopen()
  assert.equal(await readBlock(ring, 'a'), 'block a')
})

test('nothing is taken once stopped, and stopping twice is stopping once', async () => {
  await using ring = await openRing()
  await ring.objects.stop()
  await ring.put(block('a', 99, 'genesis'))
  await ring.objects.stop()
  assert.equal(ring.objects.figures.objects, 0)
})
