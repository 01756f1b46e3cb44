/** The benches that compare nothing: levels, switch, idle. */
import { drawLevels } from '../macro/levels-drawing.ts'
import { estimate } from '../statistics.ts'
import { cell, digits, folded, interval, percent, table } from './markdown.ts'
import type { IdleResult, LevelsResult, SwitchResult } from './result-schema.ts'
import type { Filed, Results } from './results.ts'
import { joined, type Section, shown, text } from './section.ts'

const NOT_MEASURED = 'There are no results of this bench in `bench/results`.'

/** Smallest and largest of a list; nothing of none. */
function span(values: readonly number[]): string {
  return values.length === 0 ? '–' : `${Math.min(...values)}–${Math.max(...values)}`
}

function levelsTable({ results }: LevelsResult): readonly string[] {
  const header = [
    'load',
    'mesh allowed',
    'mesh seen',
    'heartbeat ms',
    'on the wire',
    'reached after ms',
    'CPU %',
    'RSS MB',
    'fwd p50 ms',
    'fwd p99 ms',
    'loop delay ms',
    'within bounds',
  ]
  const rows = results.map((one) => [
    String(one.level),
    `${one.meshLow}–${one.meshHigh}`,
    span([one.meshMin, one.meshMax]),
    String(one.heartbeatMs),
    digits(one.heartbeat.medianMs),
    one.reachedMs === undefined ? 'never' : digits(one.reachedMs),
    ...[one.cpuPercent, one.rssMb, one.pulses.forwardP50Ms, one.pulses.forwardP99Ms, one.pulses.loopDelayMaxMs].map(
      digits,
    ),
    one.meshWithin && one.heartbeatWithin ? 'yes' : 'no',
  ])
  return table(header, rows)
}

function levelsPart({ file, name, result }: Filed<LevelsResult>): Section {
  const { peers, rate, seconds } = result
  return joined(
    text(
      `From ${cell(file)}: ${peers} Go peers that know only the relay, ${rate} messages of 240 B a second over four topics,`,
      `${seconds} s at each load. Forwarding times and loop delays are the relay's own; CPU is of one core.`,
    ),
    shown({
      file: `${name}.svg`,
      says: `${name}: mesh, heartbeat, traffic and cost by network load`,
      svg: drawLevels(result.results, { peers, rate }),
    }),
    { lines: folded('Loads as a table', levelsTable(result)), drawings: [] },
  )
}

function switchPart({ file, result }: Filed<SwitchResult>): Section {
  const { peers, rate, seconds, star } = result
  const where = star
    ? "that know only the relay; the load is set first, and traffic begins when the meshes have settled. A peer outside the relay's mesh then has only gossip to learn of messages, and small loads leave many outside"
    : 'that are meshed with each other too; the load changes in the middle of the traffic'
  const rows = result.results.flatMap(({ level, mesh, missingByMember, streams }) =>
    streams.map((stream) => [
      String(level),
      span(mesh),
      String(stream.published),
      percent(1 - stream.delivered / stream.expected),
      missingByMember.length === 0 ? '–' : String(Math.max(...missingByMember)),
      ...[stream.p50Ms, stream.p99Ms, stream.maxLagMs].map(digits),
    ]),
  )
  const header = ['load', 'mesh', 'published', 'lost %', 'worst peer lacks', 'p50 ms', 'p99 ms', 'generator late ms']
  return joined(
    text(
      `From ${cell(file)}: ${peers} Go peers ${where}. ${rate} messages of 240 B a second, ${seconds} s at each load.`,
    ),
    { lines: table(header, rows), drawings: [] },
  )
}

function idlePart({ file, result }: Filed<IdleResult>): Section {
  const { results } = result
  const of = (figure: (one: IdleResult['results'][number]) => number): string =>
    interval(estimate(results.map(figure).filter(Number.isFinite)))
  const cells = [
    of((one) => one.startMs),
    of((one) => one.rssMb),
    of((one) => one.peakRssMb),
    of((one) => one.cpuPercent),
  ]
  return joined(text(`From ${cell(file)}: ${results.length} starts.`), {
    lines: table(['starts', 'start ms', 'RSS MB', 'peak MB', 'CPU, % of a core'], [[String(results.length), ...cells]]),
    drawings: [],
  })
}

/** Sections of the benches that have no other relay beside them. */
export function scenesSection({ levels, switches, idle }: Results): Section {
  const orMissing = (parts: readonly Section[]): Section => (parts.length === 0 ? text(NOT_MEASURED) : joined(...parts))
  return joined(
    text('## levels: each network load'),
    orMissing(levels.map(levelsPart)),
    text('## switch: the load changed under traffic'),
    orMissing(switches.map(switchPart)),
    text('## idle: a relay with nothing to do'),
    text('Time from starting the process to listening, and its memory and CPU without a peer.'),
    orMissing(idle.map(idlePart)),
  )
}
