import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import pino from 'pino'
import { createForkSchedule } from '../../../../src/consensus/fork-schedule.ts'
import { networkByName } from '../../../../src/consensus/networks.ts'
import {
  MAX_WATCHED_NODES,
  ScheduleWatch,
  type ScheduleWatchDeps,
  WINDOW_MS,
} from '../../../../src/network-worker/discovery/schedule-watch.ts'
import type { NodeRecord } from '../../../../src/shared/node-record.ts'
import { FakeClock } from '../../../support/fake-clock.ts'
import { ipOf, peerOf, recordOf } from './record-of.ts'

const START_MS = 1_800_000_000_000
const HOUR_MS = 3_600_000
const MINUTE_MS = 60_000
const EPOCH = 430_000
const OURS = '8c9f62fe'
const NEXT: Partial<NodeRecord> = { nextForkEpoch: 440_000, nextForkDigestHex: 'abcd0123' }
const STRANGE: Partial<NodeRecord> = { forkDigestHex: 'abcd0123' }

interface Line {
  readonly level: number
  readonly msg: string
  readonly unknown_forks?: unknown
}

interface Scene {
  readonly watch: ScheduleWatch
  readonly clock: FakeClock
  readonly lines: Line[]
}

function scene(overrides: Partial<ScheduleWatchDeps> = {}): Scene {
  const clock = new FakeClock(START_MS)
  const lines: Line[] = []
  const watch = new ScheduleWatch({
    clock,
    schedule: createForkSchedule(networkByName('mainnet')),
    currentEpoch: () => EPOCH,
    log: pino({ base: null }, { write: (line: string) => void lines.push(JSON.parse(line)) }),
    ...overrides,
  })
  return { watch, clock, lines }
}

/** Shows the records of the nodes from `first` on, each in a /16 of its own unless the overrides say otherwise. */
function show(
  { watch }: Pick<Scene, 'watch'>,
  first: number,
  count: number,
  overrides: Partial<NodeRecord> = {},
): void {
  for (let number = first; number < first + count; number++) watch.saw(recordOf(number, overrides))
}

test('eight networks of eighty that announce an unknown fork raise the alarm, seven do not', () => {
  const all = scene()
  show(all, 0, 72)
  show(all, 100, 7, NEXT)
  assert.deepEqual([all.watch.alert(), all.watch.strayNodes], [undefined, 0])
  show(all, 107, 1, NEXT)
  assert.deepEqual(all.watch.alert(), {
    unknown_forks: [{ kind: 'next', digest: 'abcd0123', epoch: 440_000, nodes: 8 }],
    nodes_seen: 80,
    since_unix_ms: START_MS,
  })
  assert.equal(all.watch.strayNodes, 8)
})

test('eight networks of eighty-one are less than a tenth', () => {
  const all = scene()
  show(all, 0, 73)
  show(all, 100, 8, NEXT)
  assert.equal(all.watch.alert(), undefined)
})

test('by their records, a crowd in one /24 is one voice', () => {
  const all = scene()
  show(all, 0, 200, { ...NEXT, ip: '203.0.113.5' })
  assert.equal(all.watch.alert(), undefined)
  for (const part of [1, 2, 3, 4, 5, 6]) show(all, 1000 + part, 1, { ...NEXT, ip: `198.51.${part}.9` })
  assert.equal(all.watch.alert(), undefined)
  show(all, 1007, 1, { ...NEXT, ip: '198.51.7.9' })
  assert.equal(all.watch.alert()?.unknown_forks[0]?.nodes, 207)
})

test('nodes without an address are one voice together', () => {
  const all = scene()
  show(all, 0, 100, { ...NEXT, ip: undefined })
  assert.equal(all.watch.alert(), undefined)
})

test('on loopback each node is a voice of its own', () => {
  const all = scene({ isLoopback: (ip) => ip.startsWith('127.') })
  show(all, 0, 8, { ...NEXT, ip: '127.0.0.1' })
  assert.equal(all.watch.alert()?.nodes_seen, 8)
})

test('the same node again is the same voice, and its last word counts', () => {
  const all = scene()
  for (let round = 0; round < 20; round++) show(all, 1, 1, NEXT)
  assert.equal(all.watch.alert(), undefined)
  show(all, 2, 9, NEXT)
  assert.equal(all.watch.strayNodes, 10)
  show(all, 1, 10)
  assert.deepEqual([all.watch.alert(), all.watch.strayNodes], [undefined, 0])
})

test('unlike words do not add up', () => {
  const all = scene()
  for (let number = 0; number < 60; number++) show(all, number, 1, { ...NEXT, nextForkEpoch: 440_000 + (number % 10) })
  assert.equal(all.watch.alert(), undefined)
})

test('another network in the same DHT, however large, raises nothing and is not judged', () => {
  const all = scene()
  show(all, 0, 20)
  // Hoodi, and one whose nodes announce a fork.
  show(all, 1000, 2000, { forkDigestHex: 'c6ecb76c', nextForkVersionHex: '70000910' })
  show(all, 4000, 2000, { forkDigestHex: '11112222', nextForkVersionHex: '20005555', nextForkEpoch: 5 })
  for (let number = 7000; number < 7100; number++) all.watch.sawStatus(peerOf(number), ipOf(number), 'c6ecb76c')
  assert.equal(all.watch.alert(), undefined)
  show(all, 100, 8, NEXT)
  assert.equal(all.watch.alert()?.nodes_seen, 28)
})

test('a change that came and that we never heard of: nodes of our family on an unknown digest', () => {
  const all = scene()
  show(all, 0, 30, STRANGE)
  const [fork] = all.watch.alert()?.unknown_forks ?? []
  assert.deepEqual(fork, { kind: 'current', digest: 'abcd0123', epoch: null, nodes: 30 })
})

test('peers whose Status was on our digest and is on an unknown one raise it, strangers do not', () => {
  const all = scene()
  const say = (first: number, digest: string): void => {
    for (let number = first; number < first + 20; number++) all.watch.sawStatus(peerOf(number), ipOf(number), digest)
  }
  say(100, 'abcd0123')
  say(0, OURS)
  assert.equal(all.watch.alert(), undefined)
  say(0, 'abcd0123')
  assert.deepEqual([all.watch.alert()?.unknown_forks[0]?.nodes, all.watch.alert()?.nodes_seen], [20, 20])
})

test('peers that an earlier run knew are ours from their first word, and have none before', () => {
  const all = scene()
  for (let number = 0; number < 20; number++) all.watch.remember(peerOf(number))
  assert.equal(all.watch.alert(), undefined)
  for (let number = 0; number < 20; number++) all.watch.sawStatus(peerOf(number), ipOf(number), 'abcd0123')
  assert.equal(all.watch.alert()?.nodes_seen, 20)
})

test('a Status on our digest leaves what the record said of the next change, one on another does not', () => {
  const all = scene()
  show(all, 0, 10, NEXT)
  for (let number = 0; number < 10; number++) all.watch.sawStatus(peerOf(number), ipOf(number), OURS)
  assert.equal(all.watch.alert()?.unknown_forks[0]?.kind, 'next')
  for (let number = 0; number < 10; number++) all.watch.sawStatus(peerOf(number), ipOf(number), 'abcd0123')
  assert.deepEqual(
    all.watch.alert()?.unknown_forks.map(({ kind, nodes }) => [kind, nodes]),
    [['current', 10]],
  )
})

test('peers of whom only a Status is known do not drown what records say of the next change', () => {
  const all = scene()
  for (let number = 1000; number < 1200; number++) all.watch.sawStatus(peerOf(number), ipOf(number), OURS)
  show(all, 0, 8, NEXT)
  assert.equal(all.watch.alert()?.unknown_forks[0]?.nodes, 8)
})

test('a record cannot take a connected peer out of the network it is connected from', () => {
  const all = scene()
  for (let number = 0; number < 50; number++) {
    all.watch.sawStatus(peerOf(number), `203.0.113.${number}`, OURS)
    show(all, number, 1, NEXT)
  }
  assert.equal(all.watch.alert(), undefined)
})

test('what was said counts for six hours', () => {
  const all = scene()
  show(all, 0, 8, NEXT)
  all.clock.advance(WINDOW_MS - 1)
  assert.equal(all.watch.strayNodes, 8)
  all.clock.advance(MINUTE_MS)
  assert.equal(all.watch.strayNodes, 0)
})

test('a loud warning when it begins, another each hour, a line when it ends', () => {
  const all = scene()
  all.watch.start()
  show(all, 0, 20, NEXT)
  assert.equal(all.lines.length, 0)
  all.clock.advance(MINUTE_MS)
  assert.deepEqual([all.lines.length, all.lines[0]?.level], [1, pino.levels.values['warn']])
  assert.match(all.lines[0]?.msg ?? '', /SCHEDULE/)
  all.clock.advance(3 * HOUR_MS)
  assert.equal(all.lines.length, 4)
  all.clock.advance(WINDOW_MS)
  const levels = all.lines.map(({ level }) => level)
  assert.deepEqual(levels, [...Array.from({ length: 6 }, () => 40), 30])
  all.watch.stop()
  assert.equal(all.clock.pending, 0)
})

test('another unknown fork is told at once; the alarm is as old as the first', () => {
  const all = scene()
  show(all, 0, 20, NEXT)
  all.watch.alert()
  all.clock.advance(MINUTE_MS)
  show(all, 100, 20, { ...NEXT, nextForkEpoch: 450_000 })
  const alert = all.watch.alert()
  assert.deepEqual([alert?.unknown_forks.length, alert?.since_unix_ms, all.lines.length], [2, START_MS, 2])
})

test('the alarm goes on until half of what raised it', () => {
  const all = scene()
  show(all, 0, 72)
  show(all, 100, 8, NEXT)
  assert.equal(all.watch.strayNodes, 8)
  show(all, 104, 4)
  assert.equal(all.watch.strayNodes, 4)
  show(all, 103, 1)
  assert.equal(all.watch.strayNodes, 0)
  show(all, 103, 1, NEXT)
  assert.equal(all.watch.strayNodes, 0)
})

test('at most four are told, the most frequent first; all stray nodes are counted', () => {
  const all = scene()
  for (let fork = 0; fork < 5; fork++) show(all, fork * 100, 10 + fork, { ...NEXT, nextForkEpoch: 440_000 + fork })
  assert.deepEqual(
    all.watch.alert()?.unknown_forks.map(({ nodes }) => nodes),
    [14, 13, 12, 11],
  )
  assert.equal(all.watch.strayNodes, 60)
})

test('for lack of room the node longest unheard of is forgotten', () => {
  const all = scene({ maxNodes: 10 })
  show(all, 0, 10, NEXT)
  show(all, 100, 3)
  assert.deepEqual([all.watch.alert(), all.watch.dropped], [undefined, 3])
  const large = scene()
  show(large, 0, MAX_WATCHED_NODES + 2)
  assert.deepEqual([MAX_WATCHED_NODES, large.watch.dropped], [8192, 2])
})

const word = fc.record({
  node: fc.nat({ max: 40 }),
  kind: fc.constantFrom('agrees', 'next', 'strange', 'foreign', 'status ours', 'status strange', 'remember'),
  thenMs: fc.constantFrom(0, 1000, HOUR_MS),
})

type Word = typeof word extends fc.Arbitrary<infer W> ? W : never

const RECORDS = {
  agrees: {},
  next: NEXT,
  strange: STRANGE,
  foreign: { forkDigestHex: 'c6ecb76c', nextForkVersionHex: '70000910' },
} as const

function tell(watch: ScheduleWatch, { node, kind }: Word): void {
  if (kind === 'remember') watch.remember(peerOf(node))
  else if (kind === 'status ours') watch.sawStatus(peerOf(node), ipOf(node), OURS)
  else if (kind === 'status strange') watch.sawStatus(peerOf(node), ipOf(node), 'abcd0123')
  else watch.saw(recordOf(node, RECORDS[kind]))
}

test('property: whatever is said, an alarm has at least half of eight networks behind each fork it tells', () => {
  fc.assert(
    fc.property(fc.array(word, { maxLength: 300 }), (words) => {
      const { watch, clock } = scene({ maxNodes: 20 })
      for (const one of words) {
        tell(watch, one)
        clock.advance(one.thenMs)
        const { unknown_forks, nodes_seen } = watch.alert() ?? { unknown_forks: [], nodes_seen: 0 }
        const told = unknown_forks.reduce((sum, { nodes }) => sum + nodes, 0)
        assert.equal(watch.strayNodes, told)
        assert.ok(told <= nodes_seen && nodes_seen <= 20)
        assert.ok(unknown_forks.every(({ nodes }) => nodes >= 4))
      }
    }),
  )
})
