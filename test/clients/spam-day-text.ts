/** What came of a day of spam, for people. */
import { type Passage, type SpamDayReport, summary } from './spam-day.ts'
import type { SpammerRecord } from './spammer.ts'

export function spamDayText({ chain, spammers, quiet, spammed, refused, verified, complaints }: SpamDayReport): string {
  return [
    `blocks: ${chain.blocks.length} in slots ${chain.blocks[0]} to ${chain.blocks.at(-1)}, missing at node 2: ${chain.missing.length}`,
    `from the relay to node 2: quiet ${passageText(quiet)}, spammed ${passageText(spammed)}`,
    `refused: ${countsText(refused)}`,
    `verified: ${countsText(verified)}`,
    `held against the relay: ${complaints.length === 0 ? 'nothing' : complaints.join('; ')}`,
    '',
    row(['role', 'peers', 'messages', 'out after, s', 'disconnects', 'returns', 'goodbyes']),
    ...byRole(spammers).map(([role, records]) => row(roleCells(role, records))),
    '',
  ].join('\n')
}

const WIDTHS = [20, 6, 9, 18, 12, 8, 12]

function row(cells: readonly (string | number)[]): string {
  return cells
    .map((cell, index) => String(cell).padEnd(WIDTHS[index] ?? 0))
    .join(' ')
    .trimEnd()
}

function byRole(records: readonly SpammerRecord[]): readonly (readonly [string, readonly SpammerRecord[]])[] {
  const roles = new Map<string, SpammerRecord[]>()
  for (const record of records) roles.set(record.role, [...(roles.get(record.role) ?? []), record])
  return [...roles]
}

function roleCells(role: string, records: readonly SpammerRecord[]): readonly (string | number)[] {
  const total = (of: (record: SpammerRecord) => number): number => records.reduce((sum, record) => sum + of(record), 0)
  const out = records.map(({ outAfterMs }) => (outAfterMs === undefined ? 'never' : (outAfterMs / 1000).toFixed(1)))
  const goodbyes = [...new Set(records.flatMap((record) => record.goodbyes))].join(',')
  const counts = [total(({ disconnects }) => disconnects), total(({ returns }) => returns)]
  return [role, records.length, total(({ sent }) => sent), out.join(' '), ...counts, goodbyes]
}

function passageText(passages: readonly Passage[]): string {
  const found = summary(passages)
  if (found === undefined) return 'unknown'
  return `median ${found.median.toFixed(1)} ms, at most ${found.max.toFixed(1)} ms (${passages.length} blocks)`
}

function countsText(counts: ReadonlyMap<string, number>): string {
  const sorted = [...counts].sort(([, a], [, b]) => b - a)
  return sorted.length === 0 ? 'none' : sorted.map(([name, count]) => `${name} ${count}`).join(', ')
}
