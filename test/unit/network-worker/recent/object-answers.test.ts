import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createObjectAnswers } from '../../../../src/network-worker/recent/object-answers.ts'
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
