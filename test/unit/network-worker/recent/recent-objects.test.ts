import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { type RecentObject, SEGMENT_SLOTS } from '../../../../src/network-worker/recent/recent-objects.ts'
import { blobBlock, block, column, openRing, type Ring, readBlock, rootOf } from './scene.ts'

function slotsOf({ objects }: Ring): readonly number[] {
  return objects.chain.map(({ slot }) => slot)
}

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
    assert.deepEqual([ring.objects.span?.earliestSlot, ring.objects.span?.head.slot], [98, 99])
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
  assert.equal(ring.objects.span?.earliestSlot, 144)
  ring.slot = 300
  await ring.reopen()
  assert.deepEqual(readdirSync(ring.dir), [])
  assert.equal(ring.objects.span, undefined)
})

test('a queue that is full drops: the chain ends before, and goes on where it was taken up again', async () => {
  await using ring = await openRing({ maxQueueBytes: 20 })
  ring.objects.put(...block('a', 91, 'genesis'))
  ring.objects.put(...block('b', 92, 'a'))
  ring.objects.put(...block('c', 93, 'b'))
  await ring.objects.written()
  assert.equal(ring.objects.drops.queue_full, 1)
  assert.equal(ring.objects.figures.queuedBytes, 0)
  assert.deepEqual(slotsOf(ring), [91, 92])
  assert.equal(ring.objects.span?.head.rootHex, rootOf('b'), 'not c, which is not here')
  await ring.put(block('d', 99, 'c'))
  assert.deepEqual(slotsOf(ring), [], 'two branches, and nothing says which')
  await ring.put(block('e', 100, 'd'))
  assert.deepEqual([slotsOf(ring), ring.objects.span?.earliestSlot], [[99, 100], 99])
})

test('the first slot told is the one from which all columns are here that peers may ask for', async () => {
  await using ring = await openRing()
  await ring.put(blobBlock('a', 92, 'genesis'), column('a', 92, 1), column('a', 92, 5))
  await ring.put(blobBlock('b', 93, 'a'), column('b', 93, 1), column('b', 93, 7))
  await ring.put(block('c', 94, 'b'), blobBlock('d', 95, 'c'), column('d', 95, 1), column('d', 95, 5))
  await ring.put(blobBlock('e', 99, 'd'), blobBlock('f', 100, 'e'))
  for (const round of ['written', 'reopened']) {
    assert.equal(ring.objects.span?.earliestSlot, 94, `${round}: b lacks column 5, those of e and f are on their way`)
    await ring.reopen()
  }
  await ring.put(column('b', 93, 5))
  assert.equal(ring.objects.span?.earliestSlot, 92, 'it came late')
  ring.slot = 101
  assert.equal(ring.objects.span?.earliestSlot, 100, 'those of e never came')
  assert.deepEqual(slotsOf(ring), [92, 93, 94, 95, 99, 100], 'served all the same')
})

test('a clock that is set back hides what is ahead of it', async () => {
  await using ring = await openRing()
  await ring.put(block('a', 98, 'x'), block('b', 99, 'a'), block('c', 100, 'b'))
  ring.slot = 99
  assert.equal(ring.objects.span?.head.slot, 99)
  ring.slot = 90
  assert.equal(ring.objects.span, undefined)
})

test('a clock that runs ahead for a while costs nothing that is still of the window', async () => {
  await using ring = await openRing()
  await ring.put(block('a', 99, 'x'))
  ring.slot = 10_000
  await ring.put(block('b', 100, 'a'))
  assert.equal(ring.objects.span, undefined)
  ring.slot = 100
  assert.equal(await readBlock(ring, 'a'), 'block a')
  assert.deepEqual(slotsOf(ring), [99])
})

test('an object that turns out to be damaged is no longer told to be here, and may come again', async () => {
  await using ring = await openRing()
  await ring.put(block('a', 98, 'x'), block('b', 99, 'a'), block('c', 100, 'b'))
  const place = ring.objects.block(rootOf('b'))
  assert.ok(place !== undefined)
  const bytes = readFileSync(place.segment.path)
  bytes.fill(0xff, place.payloadAt, place.payloadAt + 3)
  writeFileSync(place.segment.path, bytes)
  assert.equal(await ring.objects.read(place), undefined)
  assert.equal(ring.objects.block(rootOf('b')), undefined)
  assert.equal(ring.objects.span, undefined, 'a and c are two branches')
  await ring.put(block('b', 99, 'a'))
  assert.equal(await readBlock(ring, 'b'), 'block b')
  assert.deepEqual(slotsOf(ring), [98, 99, 100])
})

test('a column that lies about its slot does not keep the block out', async () => {
  await using ring = await openRing()
  await ring.put(column('a', 97, 1), block('a', 99, 'x'), column('a', 99, 5), column('a', 97, 5))
  assert.equal(await readBlock(ring, 'a'), 'block a')
  assert.equal(ring.objects.column(rootOf('a'), 1), undefined)
  assert.equal(ring.objects.column(rootOf('a'), 5)?.head.slot, 99)
})

test('a disk that is full costs the oldest slots', async () => {
  await using ring = await openRing({ maxDiskBytes: 3_000 })
  for (let slot = 60; slot <= 100; slot++) await ring.put(block(`s${slot}`, slot, `s${slot - 1}`))
  assert.ok(ring.objects.figures.diskBytes <= 3_000)
  assert.ok((ring.objects.span?.earliestSlot ?? 0) > 60)
  assert.equal(ring.objects.chain.at(-1)?.slot, 100)
})

test('slots beyond the window and the clock are refused', async () => {
  await using ring = await openRing()
  await ring.put(block('old', 20, 'x'), block('future', 102, 'y'), block('next', 101, 'z'))
  assert.equal(ring.objects.drops.out_of_window, 2)
  assert.equal(ring.objects.figures.objects, 1)
})

test('forged columns of a slot do not keep out those of a block that is here', async () => {
  await using ring = await openRing()
  await ring.put(column('forged', 99, 1), column('other', 99, 1))
  await ring.put(column('a', 99, 1), column('third', 99, 1), block('a', 99, 'x'))
  assert.ok(ring.objects.column(rootOf('a'), 1))
  assert.equal(ring.objects.column(rootOf('third'), 1), undefined)
})

test('a slot takes four blocks, and each column of these and of two more; what is here is not written twice', async () => {
  await using ring = await openRing()
  for (const name of 'abcdef') await ring.put(block(name, 99, 'p'), column(name, 99, 3))
  await ring.put(block('a', 99, 'p'))
  assert.equal(ring.objects.figures.objects, 4 + 4 + 2)
  const { diskBytes } = ring.objects.figures
  await ring.put(block('a', 99, 'p'), column('a', 99, 3))
  assert.equal(ring.objects.figures.diskBytes, diskBytes)
})

test('a slot that has enough blocks takes those that something vouches for, twelve in all, over a restart too', async () => {
  await using ring = await openRing()
  const vouched = (name: string): RecentObject => {
    const [head, payload] = block(name, 99, 'p')
    return [head, payload, true]
  }
  await ring.put(...[...'abcdef'].map((name) => block(name, 99, 'p')))
  assert.equal(ring.objects.figures.objects, 4, 'in one write as in many')
  for (const name of 'ghijklmnop') await ring.put(vouched(name))
  assert.equal(ring.objects.figures.objects, 12)
  await ring.put(block('q', 99, 'p'))
  await ring.reopen()
  assert.ok(ring.objects.block(rootOf('n')))
  assert.equal(ring.objects.figures.objects, 12)
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
