/** docs/performance.md and its drawings, made of nothing but the results. */
import { barsSection } from './bars-section.ts'
import { BENCHES } from './benches.ts'
import { cell } from './markdown.ts'
import type { Results } from './results.ts'
import { runsSection } from './runs-section.ts'
import { scenesSection } from './scenes-section.ts'
import { joined, NOTHING, provenanceTable, type Section, text } from './section.ts'

export interface Page {
  readonly markdown: string
  /** SVG documents by file name, to lie in `performance/` beside the page. */
  readonly drawings: ReadonlyMap<string, string>
}

const HEAD: Section = text(
  '# Performance',
  '',
  '<!-- Made by `npm run bench -- report` from bench/results. A test fails when it is changed by hand. -->',
  '',
  'How Starling compares with a go-libp2p and a rust-libp2p relay of the same gossip parameters, on one machine, in turn:',
  'each round runs all relays of a case one after the other, in an order that changes from round to round, each with a',
  'fresh process, and a ratio is taken within its round. All of it is on loopback, and the load generator shares the',
  "machine's cores with the relay under test; it is one Go program whichever relay is measured.",
  '',
  'Figures are medians over the rounds, with the 95 % bootstrap interval in brackets where it says more than the median; a',
  'figure of one round has none. Latency is from just before a message is written to its arrival at a subscriber. CPU is',
  'user and system time of all threads of the relay. Rounds that ran while the machine was more than 90 % busy are counted',
  'as _crowded_: their latency tells of the machine. A dash stands for what was not measured. Digits change from machine',
  'to machine; ratios are worth more.',
)

const REPEAT: Section = text(
  '## How to repeat it',
  '',
  'Linux, Node as in `package.json`, Go on PATH, and Rust for the third relay (`--relays starling,go` goes without):',
  '',
  '    npm ci',
  '    npm run bench -- chain      and floor, fan, geo, saturate, growth, api, soak, validation, levels, switch, idle',
  '    npm run bench -- report     this page, from the newest file of each in bench/results',
  '',
  'Flags and what each bench does: [bench/README.md](../bench/README.md). The options of each run stand with its figures.',
)

function provenance({ runs, levels, switches, idle, unread }: Results): Section {
  const unreadText =
    unread.length === 0
      ? NOTHING
      : text(`Files of an older shape, which are not shown: ${unread.map(cell).join(', ')}.`)
  return joined(
    text('## Machine and commit'),
    { lines: provenanceTable([...runs, ...levels, ...switches, ...idle]), drawings: [] },
    unreadText,
  )
}

/** The whole page. The same results give the same page, to the byte. */
export function performancePage(results: Results): Page {
  const { lines, drawings } = joined(
    HEAD,
    barsSection(results),
    ...[...BENCHES].map(([name, about]) => runsSection(name, about, results)),
    scenesSection(results),
    provenance(results),
    REPEAT,
  )
  const markdown = `${lines
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()}\n`
  return { markdown, drawings: new Map(drawings.map(({ file, svg }) => [file, svg])) }
}
