/** Goodbyes of a relay, each for a real cause: the code that the peer hears, and what operators are shown. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from '../../support/until.ts'
import { DISCONNECT_WORDS, gone, RECEIVED, SENT } from './disconnect-rows.ts'

for (const [code, row] of Object.entries(SENT)) {
  if ('cannot' in row) continue
  for (const { what, play } of row.by) {
    test(`goodbye ${code}: ${what}`, async () => {
      await using stack = new AsyncDisposableStack()
      const { relay, peer } = await play(stack)
      await until('the goodbye', () => peer.goodbyes.length > 0)
      assert.equal(await gone(relay, peer.peerId), row.word)
      assert.deepEqual(peer.goodbyes, [Number(code)])
    })
  }
}

test('the words are those of the codes that occur', () => {
  const ours = new Set<string>(Object.values(SENT).flatMap((row) => ('cannot' in row ? [] : [row.word])))
  const theirs = new Set<string>(Object.values(RECEIVED))
  for (const [word, by] of Object.entries(DISCONNECT_WORDS)) {
    assert.deepEqual([ours.has(word), theirs.has(word)], [by === 'both', by !== 'closed'], word)
  }
})
