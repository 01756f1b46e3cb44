/** What a relay never says, as docs/operators tells it and as the tables of real events have it. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { SENT } from './disconnect-rows.ts'
import { DOWNSCORE_ROWS, DOWNSCORE_WORDS } from './downscore-rows.ts'
import type { Cannot } from './reported-peer.ts'

const PAGE = new URL('../../../docs/operators/standard-api.md', import.meta.url)
const HEADER = '| never said | because |\n|---|---|\n'

type Rows = Readonly<Record<string, Cannot | object | 'said'>>

/** Rows of the documentation for what cannot occur. */
function never(rows: Rows, nameOf: (key: string) => string): readonly string[] {
  return Object.entries(rows).flatMap(([key, row]) =>
    typeof row === 'object' && 'cannot' in row ? [`| ${nameOf(key)} | ${row.cannot} |`] : [],
  )
}

test('the rows that cannot occur are listed for operators, each with why', () => {
  const [, table = ''] = readFileSync(PAGE, 'utf8').split(HEADER)
  const listed = table.slice(0, table.indexOf('\n\n')).split('\n')
  const expected = [
    ...never(DOWNSCORE_WORDS, (word) => `\`${word}\` of a downscore`),
    ...never(DOWNSCORE_ROWS, (report) => `the report \`${report}\``),
    ...never(SENT, (code) => `goodbye ${code} of ours`),
  ]
  assert.deepEqual(listed.toSorted(), expected.toSorted())
})
