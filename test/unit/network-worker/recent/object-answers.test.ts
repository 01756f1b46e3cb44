import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { createObjectAnswers, MAX_ANSWER_COLUMNS } from '../../../../src/network-worker/recent/object-answers.ts'
import type { ServedName } from '../../../../src/network-worker/reqresp/types.ts'
import { block, column, openRing, type Ring, rootOf } from './scene.ts'

const CHUNK_HEAD = '00aabbccdd'

async function ask(ring: Ring, name: ServedName, ssz: Uint8Array): Promise<readonly string[] | undefined> {
  const answer = createObjectAnswers(ring.objects)(name, ssz)
  if (answer === undefined) return undefined
  const pieces: Uint8Array[] = []
  for await (const piece of answer.chunks) pieces.push(piece)
  const texts: string[] = []
  for (let i = 0; i < pieces.length; i += 2) {
    assert.equal(Buffer.from(pieces[i] ?? []).toString('hex'), CHUNK_HEAD)
    texts.push(Buffer.from(pieces[i + 1] ?? []).toString())
  }
  assert.equal(answer.objects, texts.length)
  return texts
}

function uint64s(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(8 * values.length)
  for (const [i, value] of values.entries()) bytes.writeBigUInt64LE(BigInt(value), 8 * i)
  return bytes
}

function columnRange(start: number, count: number, columns: readonly number[]): Buffer {
  return Buffer.concat([uint64s(start, count), Uint8Array.of(20, 0, 0, 0), uint64s(...columns)])
}

/** a ← b ← c, beside b a twin that nobody built on, and columns of all. */
async function held(): Promise<Ring> {
  const ring = await openRing()
  await ring.put(block('c', 99, 'b'), block('a', 96, 'x'), block('twin', 97, 'a'), block('b', 97, 'a'))
  await ring.put(column('twin', 97, 1), column('b', 97, 5), column('b', 97, 1), column('a', 96, 1))
  return ring
}

test('a range is answered with the chain, by slot', async () => {
  await using ring = await held()
  const range = (start: number, count: number) => ask(ring, 'beacon_blocks_by_range', uint64s(start, count, 1))
  assert.deepEqual(await range(90, 20), ['block a', 'block b', 'block c'])
  assert.deepEqual(await range(97, 2), ['block b'])
  assert.deepEqual(await range(98, 1), [])
  assert.deepEqual(await range(0, 10), [])
  assert.deepEqual(await range(Number.MAX_SAFE_INTEGER, 128), [])
  assert.equal(await range(97, 0), undefined)
})

test('a node that missed twenty slots gets all of them in one answer, in order', async () => {
  await using ring = await openRing()
  const missed = Array.from({ length: 20 }, (_, i) => 81 + i)
  for (const slot of missed) await ring.put(block(`s${slot}`, slot, `s${slot - 1}`))
  await ring.reopen()
  const answer = await ask(ring, 'beacon_blocks_by_range', uint64s(81, 64, 1))
  assert.deepEqual(
    answer,
    missed.map((slot) => `block s${slot}`),
  )
})

test('roots are answered in the order asked for, twins included and unknown ones left out', async () => {
  await using ring = await held()
  const roots = ['twin', 'nobody', 'a'].map((name) => Buffer.from(rootOf(name), 'hex'))
  assert.deepEqual(await ask(ring, 'beacon_blocks_by_root', Buffer.concat(roots)), ['block twin', 'block a'])
  assert.deepEqual(await ask(ring, 'beacon_blocks_by_root', Buffer.alloc(32)), [])
  assert.equal(await ask(ring, 'beacon_blocks_by_root', Buffer.alloc(31)), undefined)
})

test('columns of a range are those of the chain, by slot and column', async () => {
  await using ring = await held()
  assert.deepEqual(await ask(ring, 'data_column_sidecars_by_range', columnRange(90, 20, [5, 1, 9])), [
    'column 1 of a',
    'column 1 of b',
    'column 5 of b',
  ])
  assert.equal(await ask(ring, 'data_column_sidecars_by_range', Buffer.alloc(20)), undefined)
})

test('columns by root are served of any block', async () => {
  await using ring = await held()
  const identifier = Buffer.concat([Buffer.from(rootOf('twin'), 'hex'), Uint8Array.of(36, 0, 0, 0), uint64s(1, 5)])
  const list = Buffer.concat([Uint8Array.of(4, 0, 0, 0), identifier])
  assert.deepEqual(await ask(ring, 'data_column_sidecars_by_root', list), ['column 1 of twin'])
  assert.equal(await ask(ring, 'data_column_sidecars_by_root', list.subarray(0, 20)), undefined)
})

test('what is deleted while it is asked for is left out', async () => {
  await using ring = await held()
  const answer = createObjectAnswers(ring.objects)('beacon_blocks_by_range', uint64s(90, 20, 1))
  await ring.objects.stop()
  const pieces: Uint8Array[] = []
  for await (const piece of answer?.chunks ?? []) pieces.push(piece)
  assert.deepEqual(pieces, [])
})

/** Damages the payload of a block on disk. */
function damage(ring: Ring, name: string): void {
  const place = ring.objects.block(rootOf(name))
  assert.ok(place !== undefined)
  const bytes = readFileSync(place.segment.path)
  bytes.fill(0xff, place.payloadAt, place.payloadAt + 3)
  writeFileSync(place.segment.path, bytes)
}

async function textsOf(ring: Ring, name: ServedName, ssz: Uint8Array): Promise<readonly string[]> {
  const texts: string[] = []
  for await (const piece of createObjectAnswers(ring.objects)(name, ssz)?.chunks ?? []) {
    if (piece.length !== CHUNK_HEAD.length / 2) texts.push(Buffer.from(piece).toString())
  }
  return texts
}

test('a range ends at a block that cannot be read: no answer has a hole', async () => {
  await using ring = await held()
  damage(ring, 'b')
  assert.deepEqual(await textsOf(ring, 'beacon_blocks_by_range', uint64s(90, 20, 1)), ['block a'])
  assert.equal(ring.objects.span?.head.rootHex, rootOf('twin'), 'and is not told of any more')
})

test('by root, a block that cannot be read costs only itself', async () => {
  await using ring = await held()
  damage(ring, 'b')
  const roots = ['a', 'b', 'c'].map((name) => Buffer.from(rootOf(name), 'hex'))
  assert.deepEqual(await textsOf(ring, 'beacon_blocks_by_root', Buffer.concat(roots)), ['block a', 'block c'])
})

test('columns of a range end with a whole block, however many are asked for', async () => {
  await using ring = await openRing()
  const columns = Array.from({ length: 100 }, (_, index) => index)
  const blocks = Math.ceil(MAX_ANSWER_COLUMNS / columns.length)
  for (let i = 0; i < blocks; i++) {
    const slot = 50 + i
    await ring.put(block(`b${slot}`, slot, `b${slot - 1}`), ...columns.map((index) => column(`b${slot}`, slot, index)))
  }
  const answer = createObjectAnswers(ring.objects)('data_column_sidecars_by_range', columnRange(50, 128, columns))
  assert.equal(answer?.objects, (blocks - 1) * columns.length)
})

test('a request costs its objects, and columns at least the blocks that were looked for', async () => {
  await using ring = await held()
  const costOf = (name: ServedName, ssz: Uint8Array) => createObjectAnswers(ring.objects)(name, ssz)?.cost
  assert.equal(costOf('beacon_blocks_by_range', uint64s(90, 20, 1)), 3)
  assert.equal(costOf('beacon_blocks_by_root', Buffer.alloc(64)), 0)
  assert.equal(costOf('data_column_sidecars_by_range', columnRange(90, 20, [5, 1])), 20)
  assert.equal(costOf('data_column_sidecars_by_range', columnRange(97, 1, [5, 1])), 2)
})

test('a peer of a fork that allows 1,024 roots gets the first 128 blocks', async () => {
  await using ring = await openRing({ slots: 256 })
  const blocks = Array.from({ length: 200 }, (_, i) => block(`b${i}`, 1 + (i % 90), 'x'))
  await ring.put(...blocks)
  const roots = blocks.map(([{ rootHex }]) => Buffer.from(rootHex, 'hex'))
  const answer = createObjectAnswers(ring.objects)('beacon_blocks_by_root', Buffer.concat(roots))
  assert.equal(answer?.objects, 128)
})
