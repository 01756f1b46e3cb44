/** Aggregates under `sampled`: claims of verified ones, and what waits where nobody told us keys. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SILENT_SLOTS } from '../../../../../src/network-worker/validation/policy/track-record.ts'
import { SLOTS_PER_EPOCH } from '../judge-scene.ts'
import { blockOf, SLOT, settled, textOf } from './policy-scene.ts'
import { aggregateOf, sampledScene } from './sampled-scene.ts'

const name = 'beacon_aggregate_and_proof'

test('a verified one holds its claim: another of its aggregator is not even verified', async () => {
  const { verifier, check } = sampledScene({ name, provesClaim: true })
  const held = check(aggregateOf(7), 'a:x')
  await verifier.say('valid')
  assert.equal(await settled(held), 'accept')
  assert.equal(textOf(check(aggregateOf(7, 1), 'b:y')), 'ignore already_known')
  assert.equal(verifier.asked.length, 1)
})

test('of two under way at once the first that is verified goes on', async () => {
  const { verifier, check } = sampledScene({ name, provesClaim: true })
  const both = [check(aggregateOf(7), 'a:x'), check(aggregateOf(7, 1), 'b:y')]
  for (const { answer } of verifier.asked.toReversed()) {
    answer('valid')
    await new Promise(setImmediate)
  }
  assert.deepEqual(await Promise.all(both.map(settled)), ['ignore already_known', 'accept'])
})

test('one that went on and is verified behind holds its claim from then on', async () => {
  const { clock, verifier, check, earn } = sampledScene({ name, provesClaim: true })
  await earn('a:x')
  clock.advance(1000)
  assert.equal(textOf(check(aggregateOf(7), 'a:x')), 'accept')
  assert.equal(textOf(check(aggregateOf(7, 1), 'a:x')), 'accept', 'a variant, as long as nothing is known')
  await verifier.say('valid')
  assert.equal(textOf(check(aggregateOf(7, 2), 'a:x')), 'ignore already_known')
})

for (const policy of ['sampled', 'strict'] as const) {
  test(`${policy}, without keys: those of who does not count wait for another peer, a second at most; nobody else’s do`, async () => {
    const connected = { 'old:peer': SLOT - SLOTS_PER_EPOCH }
    const { clock, verifier, check, checkOf, copied, book } = sampledScene({ name, connected, policy })
    verifier.next = 'none'
    assert.equal(textOf(check(aggregateOf(1), 'a:x')), 'accept', 'nobody is believed: everybody counts')
    assert.equal(textOf(checkOf('beacon_block', 'strict')(blockOf(SLOT, 7), 'own')), 'accept')

    const held = check(aggregateOf(2), 'new:comer')
    assert.equal(textOf(held), 'hold')
    assert.equal(textOf(check(aggregateOf(3), 'old:peer')), 'accept')
    assert.equal(textOf(check(aggregateOf(4), 'own')), 'accept')
    copied('3', 'b:y')
    assert.equal(await settled(held), 'accept')

    const vouched = check(aggregateOf(5), 'old:newcomer')
    copied('6', 'old:peer')
    assert.equal(await settled(vouched), 'accept', 'one who counts is enough, though of the same network')

    const alone = check(aggregateOf(6), 'new:comer')
    clock.advance(1000)
    assert.equal(await settled(alone), 'ignore uncorroborated')
    assert.equal(book.size, 0)
    assert.equal(verifier.asked.length, 0)
  })
}

test('without keys, everybody counts again once those who are believed are silent', () => {
  const { clock, verifier, check, checkOf } = sampledScene({ name })
  verifier.next = 'none'
  void checkOf('beacon_block', 'strict')(blockOf(SLOT, 7), 'own')
  assert.equal(textOf(check(aggregateOf(2), 'new:comer')), 'hold')
  clock.advance((SILENT_SLOTS + 1) * 2000)
  assert.equal(textOf(check(aggregateOf(3), 'new:comer')), 'accept')
})
