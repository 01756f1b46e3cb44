/** Every reason to lose score, brought about by a peer over real connections and read where operators read it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DOWNSCORE_ROWS, DOWNSCORE_WORDS } from './downscore-rows.ts'
import { isReported } from './reported-peer.ts'

for (const [report, row] of Object.entries(DOWNSCORE_ROWS)) {
  if ('cannot' in row) continue
  for (const { what, delta, play } of row.by) {
    test(`${report}: ${what}`, async () => {
      await using stack = new AsyncDisposableStack()
      await isReported(await play(stack), report, row.word, delta)
    })
  }
}

test('the words that are said are those of the rows that occur', () => {
  const ofRows = Object.values(DOWNSCORE_ROWS).flatMap((row) => ('cannot' in row ? [] : [row.word]))
  const said = Object.entries(DOWNSCORE_WORDS).flatMap(([word, state]) => (state === 'said' ? [word] : []))
  assert.deepEqual([...new Set<string>(ofRows)].toSorted(), said.toSorted())
})
