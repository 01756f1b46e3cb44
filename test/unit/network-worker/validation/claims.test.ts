import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { GossipKind } from '../../../../src/consensus/topic-table.ts'
import type { Claim } from '../../../../src/network-worker/validation/checks/rule.ts'
import { claimLimits } from '../../../../src/network-worker/validation/claim-limits.ts'
import { ClaimBook } from '../../../../src/network-worker/validation/claims.ts'

const SLOTS_PER_EPOCH = 32
const NOW = 10 * SLOTS_PER_EPOCH + 7

/** A book whose clock stands at `time.slot`. */
function bookAt(slot: number): { book: ClaimBook; time: { slot: number } } {
  const time = { slot }
  const book = new ClaimBook({ preset: 'mainnet', slotsPerEpoch: SLOTS_PER_EPOCH, currentSlot: () => time.slot })
  return { book, time }
}

function vote(key: number, slot = NOW): Claim {
  return { slot, per: 'epoch', key }
}

test('four unverified messages pass with one key, and other keys do not mind', () => {
  const claims = bookAt(NOW).book.ofTopic('beacon_attestation')
  const taken = Array.from({ length: 6 }, () => claims.take(vote(70_000)))
  assert.deepEqual(taken, [undefined, undefined, undefined, undefined, 'too_many_variants', 'too_many_variants'])
  assert.equal(claims.take(vote(70_001)), undefined)
  assert.equal(claims.take(vote(69_999)), undefined)
})

test('a key of an epoch is one key in all of its slots, and another in the next epoch', () => {
  const claims = bookAt(NOW).book.ofTopic('beacon_attestation')
  for (let i = 0; i < 4; i++) assert.equal(claims.take(vote(1, NOW - i)), undefined)
  assert.equal(claims.take(vote(1, NOW - 5)), 'too_many_variants')
  assert.equal(claims.take(vote(1, NOW - SLOTS_PER_EPOCH)), undefined)
})

test('a key of a slot is another key in the next slot', () => {
  const claims = bookAt(NOW).book.ofTopic('data_column_sidecar')
  const column = (slot: number): Claim => ({ slot, per: 'slot', key: '17:5' })
  assert.deepEqual([claims.take(column(NOW)), claims.take(column(NOW))], [undefined, undefined])
  assert.equal(claims.take(column(NOW)), 'too_many_variants')
  assert.equal(claims.take(column(NOW - 1)), undefined)
})

test('unverified messages hold nothing: the verified one passes after them, and they no more after it', () => {
  const claims = bookAt(NOW).book.ofTopic('beacon_block')
  const block: Claim = { slot: NOW, per: 'slot', key: 12 }
  claims.take(block)
  claims.take(block)
  assert.equal(claims.take(block), 'too_many_variants')
  assert.equal(claims.isHeld(block), false)
  assert.equal(claims.hold(block), true)
  assert.equal(claims.isHeld(block), true)
  assert.equal(claims.take(block), 'already_known')
  assert.equal(claims.hold(block), false)
})

test('topics of a kind share what has been seen, kinds do not', () => {
  const { book } = bookAt(NOW)
  const first = book.ofTopic('beacon_attestation')
  const second = book.ofTopic('beacon_attestation')
  for (let i = 0; i < 4; i++) first.take(vote(5))
  assert.equal(second.take(vote(5)), 'too_many_variants')
  assert.equal(book.ofTopic('beacon_aggregate_and_proof').take(vote(5)), undefined)
})

test('on one topic as many pass about a slot as its limit says, on each topic for itself', () => {
  const { book } = bookAt(NOW)
  const topic = book.ofTopic('beacon_attestation')
  const { perSlot } = claimLimits('beacon_attestation', 'mainnet')
  for (let key = 0; key < perSlot; key++) assert.equal(topic.take(vote(key)), undefined)
  assert.equal(topic.take(vote(perSlot)), 'slot_cap')
  assert.equal(topic.take(vote(perSlot, NOW - 1)), undefined)
  assert.equal(book.ofTopic('beacon_attestation').take(vote(perSlot + 1)), undefined)
})

test('verified messages do not count and are not limited', () => {
  const topic = bookAt(NOW).book.ofTopic('beacon_block')
  const { perSlot } = claimLimits('beacon_block', 'mainnet')
  const block = (key: number): Claim => ({ slot: NOW, per: 'slot', key })
  for (let key = 0; key < perSlot; key++) topic.take(block(key))
  assert.equal(topic.take(block(perSlot)), 'slot_cap')
  assert.equal(topic.hold(block(perSlot)), true)
})

test('about old slots four times as many pass in one slot of ours, and again in the next', () => {
  const { book, time } = bookAt(NOW)
  const topic = book.ofTopic('beacon_block')
  const { perSlot } = claimLimits('beacon_block', 'mainnet')
  const block = (index: number): Claim => ({ slot: NOW - Math.floor(index / perSlot), per: 'slot', key: index })
  for (let i = 0; i < 4 * perSlot; i++) assert.equal(topic.take(block(i)), undefined)
  assert.equal(topic.take(block(4 * perSlot)), 'slot_cap')
  time.slot++
  assert.equal(topic.take(block(4 * perSlot)), undefined)
})

test('of what is before the two last epochs, or after the next, nothing passes', () => {
  const topic = bookAt(NOW).book.ofTopic('beacon_block')
  const block = (slot: number): Claim => ({ slot, per: 'slot', key: 1 })
  assert.equal(topic.take(block(8 * SLOTS_PER_EPOCH)), undefined)
  assert.equal(topic.take(block(8 * SLOTS_PER_EPOCH - 1)), 'past_slot')
  assert.equal(topic.take(block(12 * SLOTS_PER_EPOCH - 1)), undefined)
  assert.equal(topic.take(block(12 * SLOTS_PER_EPOCH)), 'future_slot')
})

test('what is seen once for ever is remembered when its slot is long gone', () => {
  const { book, time } = bookAt(NOW)
  const topic = book.ofTopic('voluntary_exit')
  const exit = (): Claim => ({ slot: time.slot, per: 'ever', key: 31_000 })
  assert.equal(topic.hold(exit()), true)
  time.slot += 100 * SLOTS_PER_EPOCH
  assert.equal(topic.take(exit()), 'already_known')
})

test('what is of no slot is kept back by unverified ones for the rest of an epoch at most', () => {
  const { book, time } = bookAt(NOW)
  const topic = book.ofTopic('voluntary_exit')
  const exit = (): Claim => ({ slot: time.slot, per: 'ever', key: 31_000 })
  assert.deepEqual(
    [topic.take(exit()), topic.take(exit()), topic.take(exit())],
    [undefined, undefined, 'too_many_variants'],
  )
  time.slot = 11 * SLOTS_PER_EPOCH - 1
  assert.equal(topic.take(exit()), 'too_many_variants')
  time.slot++
  assert.equal(topic.take(exit()), undefined)
})

test('what is over is forgotten: a key can be taken again when its epoch cannot come any more', () => {
  const { book, time } = bookAt(NOW)
  const topic = book.ofTopic('beacon_attestation')
  for (let i = 0; i < 4; i++) topic.take(vote(9))
  time.slot += 3 * SLOTS_PER_EPOCH
  topic.take(vote(9, time.slot))
  // The clock went back.
  time.slot = NOW
  assert.equal(topic.take(vote(9)), undefined)
})

test('before genesis a book answers as after it', () => {
  const topic = bookAt(-1).book.ofTopic('beacon_attestation')
  assert.equal(topic.take(vote(9, 0)), undefined)
})

test('whatever is taken, no more than the limits say passes with a key, about a slot, in a slot of ours', () => {
  const kinds: readonly GossipKind[] = [
    'beacon_block',
    'sync_committee',
    'voluntary_exit',
    'light_client_finality_update',
  ]
  const claim = fc.record({
    slot: fc.integer({ min: NOW - 3, max: NOW + 1 }),
    per: fc.constantFrom('slot' as const, 'epoch' as const),
    key: fc.oneof(fc.nat(12), fc.constantFrom('1:2', '1:3')),
  })
  fc.assert(
    fc.property(fc.constantFrom(...kinds), fc.array(claim, { maxLength: 600 }), (kind, claims) => {
      const topic = bookAt(NOW).book.ofTopic(kind)
      const { variants, perSlot } = claimLimits(kind, 'mainnet')
      const bySlot = new Map<number, number>()
      const byKey = new Map<string, number>()
      for (const one of claims) {
        if (topic.take(one) !== undefined) continue
        const time = one.per === 'slot' ? one.slot : Math.floor(one.slot / SLOTS_PER_EPOCH)
        const key = `${one.per} ${time} ${typeof one.key} ${one.key}`
        byKey.set(key, (byKey.get(key) ?? 0) + 1)
        bySlot.set(one.slot, (bySlot.get(one.slot) ?? 0) + 1)
      }
      assert.ok([...byKey.values()].every((count) => count <= variants))
      assert.ok([...bySlot.values()].every((count) => count <= perSlot))
    }),
  )
})
