import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { selectsAggregator } from '../../../../../src/network-worker/validation/checks/aggregator-selection.ts'

test('selection is that of is_aggregator, for committees of all sizes', () => {
  const proofs = fc.uint8Array({ minLength: 96, maxLength: 96 })
  fc.assert(
    fc.property(proofs, fc.nat(2048), (proof, members) => {
      const modulo = BigInt(Math.max(1, Math.floor(members / 16)))
      const number = hash('sha256', proof, 'buffer').readBigUInt64LE(0)
      assert.equal(selectsAggregator(proof, members), number % modulo === 0n)
    }),
    { numRuns: 2000 },
  )
})

test('of a committee of less than 32 everybody is an aggregator, of a larger one about 16', () => {
  const proofs = Array.from({ length: 4000 }, (_, index) => hash('sha512', `proof ${index}`, 'buffer'))
  assert.ok(proofs.every((proof) => selectsAggregator(proof, 31)))
  const selected = proofs.filter((proof) => selectsAggregator(proof, 512)).length
  assert.ok(selected > 80 && selected < 180, `${selected} of 4000, 125 expected`)
})
