import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { block, openRing, type Ring, readBlock } from './scene.ts'

const NAMES = ['a', 'b', 'c', 'd'] as const

/** One segment with four blocks of a chain; `damage` changes its bytes while nobody has it open. */
async function damaged(damage: (bytes: Buffer) => Uint8Array, check: (ring: Ring) => Promise<void>): Promise<void> {
  await using ring = await openRing()
  await ring.put(...NAMES.map((name, i) => block(name, 96 + i, NAMES[i - 1] ?? 'genesis')))
  await ring.objects.stop()
  const [file] = readdirSync(ring.dir)
  const path = join(ring.dir, file ?? '')
  writeFileSync(path, damage(readFileSync(path)))
  await ring.reopen()
  await check(ring)
}

/** What is served is what was stored, or nothing; and the ring goes on. */
async function servesNothingWrong(ring: Ring): Promise<void> {
  for (const name of NAMES) {
    const payload = await readBlock(ring, name)
    assert.ok(payload === undefined || payload === `block ${name}`, `${name}: ${payload}`)
  }
  await ring.put(block('e', 100, 'd'), block('f', 103 - 4, 'x'))
  assert.equal(await readBlock(ring, 'e'), 'block e')
  assert.equal(await readBlock(ring, 'f'), 'block f')
  await ring.reopen()
  assert.equal(await readBlock(ring, 'f'), 'block f')
}

test('a segment cut off anywhere serves what is whole', async () => {
  const lengthBytes = 8 + 4 * (96 + 'block a'.length)
  await fc.assert(
    fc.asyncProperty(fc.nat(lengthBytes), (length) =>
      damaged(
        (bytes) => bytes.subarray(0, length),
        async (ring) => {
          const whole = NAMES.filter((_, i) => 8 + (i + 1) * 103 <= length)
          for (const name of whole) assert.equal(await readBlock(ring, name), `block ${name}`)
          await servesNothingWrong(ring)
        },
      ),
    ),
    { numRuns: 60 },
  )
})

test('a segment with any bytes changed never throws and never serves wrong ones', async () => {
  const changes = fc.array(fc.tuple(fc.nat(419), fc.integer({ min: 1, max: 255 })), { minLength: 1, maxLength: 8 })
  await fc.assert(
    fc.asyncProperty(changes, (places) =>
      damaged((bytes) => {
        for (const [at, mask] of places) if (at < bytes.length) bytes[at] = (bytes[at] ?? 0) ^ mask
        return bytes
      }, servesNothingWrong),
    ),
    { numRuns: 60 },
  )
})

test('a file of any bytes is a segment without objects', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 600 }), (bytes) =>
      damaged(
        () => bytes,
        async (ring) => {
          assert.equal(ring.objects.figures.objects, 0)
          await servesNothingWrong(ring)
        },
      ),
    ),
    { numRuns: 40 },
  )
})

test('bytes that change while the file is open are not served', async () => {
  await using ring = await openRing()
  await ring.put(block('a', 99, 'genesis'))
  const path = join(ring.dir, readdirSync(ring.dir)[0] ?? '')
  const bytes = readFileSync(path)
  bytes[bytes.length - 1] = 0
  writeFileSync(path, bytes)
  assert.equal(await readBlock(ring, 'a'), undefined)
})
