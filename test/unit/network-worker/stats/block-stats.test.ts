/** When first senders are told of. What is shown of blocks: arrivals.test.ts, first-block-senders.test.ts. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BlockStats, TOLD_AFTER_MS } from '../../../../src/network-worker/stats/block-stats.ts'
import { FakeClock } from '../../../support/fake-clock.ts'

function open() {
  const clock = new FakeClock(1_000_000)
  const told: string[] = []
  const stats = new BlockStats({
    clock,
    slotClock: { currentSlot: () => 7, slotStartMs: () => 0 } as never,
    peerOf: () => undefined,
    factsOf: async () => ({ ok: false, reason: 'stopped' }),
    restored: [],
    onFirstBlock: (peerId) => void told.push(peerId),
  })
  let blocks = 0
  const block = (from: string): void =>
    stats.onBlock({
      msgId: `${blocks++}`,
      fork: 'fulu',
      data: new Uint8Array(),
      maxSszBytes: 1,
      from,
      atMs: 0,
      isVouched: false,
    })
  return { clock, told, stats, block }
}

test('first senders of a second are told of together, one a block and in their order', () => {
  const { clock, told, stats, block } = open()
  block('a')
  clock.advance(TOLD_AFTER_MS / 2)
  block('b')
  block('a')
  clock.advance(TOLD_AFTER_MS / 2 - 1)
  assert.deepEqual(told, [])
  assert.deepEqual(
    stats.senders().map(({ peer_id, count }) => [peer_id, count]),
    [
      ['a', 2],
      ['b', 1],
    ],
  )
  clock.advance(1)
  assert.deepEqual(told, ['a', 'b', 'a'])
  clock.advance(10 * TOLD_AFTER_MS)
  assert.equal(told.length, 3)
  block('c')
  clock.advance(TOLD_AFTER_MS)
  assert.deepEqual(told, ['a', 'b', 'a', 'c'])
})

test('a stop tells the rest; many are told of at once', () => {
  const { clock, told, stats, block } = open()
  block('a')
  stats.stop()
  stats.stop()
  assert.deepEqual([told, clock.pending], [['a'], 0])
  for (let i = 0; i < 300; i++) block('b')
  assert.equal(told.length, 257)
})
