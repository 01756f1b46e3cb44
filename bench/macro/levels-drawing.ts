import { drawPlot, type PlotPanel } from './levels-plot.ts'
import type { LevelResult } from './levels-result.ts'

const COLOUR = { first: '#1f6f9f', second: '#c8553d', third: '#5b8c5a' } as const

/** The plot of a `levels` run. */
export function drawLevels(
  results: readonly LevelResult[],
  { peers, rate }: { readonly peers: number; readonly rate: number },
): string {
  const of = (value: (result: LevelResult) => number): readonly number[] => results.map(value)
  const panels: readonly PlotPanel[] = [
    {
      title: 'Mesh size (shaded: allowed)',
      unit: 'peers a topic',
      band: { low: of(({ meshLow }) => meshLow), high: of(({ meshHigh }) => meshHigh) },
      series: [
        { name: 'largest', colour: COLOUR.second, values: of(({ meshMax }) => meshMax) },
        { name: 'smallest', colour: COLOUR.first, values: of(({ meshMin }) => meshMin) },
      ],
    },
    {
      title: 'Heartbeat',
      unit: 'ms',
      series: [
        { name: 'table', colour: COLOUR.second, values: of(({ heartbeatMs }) => heartbeatMs) },
        { name: 'measured on the wire', colour: COLOUR.first, values: of(({ heartbeat }) => heartbeat.medianMs) },
      ],
    },
    {
      title: 'Within bounds after the PATCH',
      unit: 'ms',
      series: [{ name: 'time', colour: COLOUR.first, values: of(({ reachedMs }) => reachedMs ?? Number.NaN) }],
    },
    {
      title: 'Messages',
      unit: 'a second',
      series: [
        { name: 'out', colour: COLOUR.second, values: of(({ pulses }) => pulses.forwardedPerSecond) },
        { name: 'in', colour: COLOUR.first, values: of(({ pulses }) => pulses.receivedPerSecond) },
      ],
    },
    {
      title: 'CPU of the relay',
      unit: '% of one core',
      series: [{ name: 'CPU', colour: COLOUR.first, values: of(({ cpuPercent }) => cpuPercent) }],
    },
    {
      title: 'Forwarding, first byte in to last stream out',
      unit: 'ms',
      series: [
        { name: 'p50', colour: COLOUR.first, values: of(({ pulses }) => pulses.forwardP50Ms) },
        { name: 'p99', colour: COLOUR.second, values: of(({ pulses }) => pulses.forwardP99Ms) },
      ],
    },
    {
      title: 'Longest event-loop delay of the network thread',
      unit: 'ms',
      series: [{ name: 'delay', colour: COLOUR.third, values: of(({ pulses }) => pulses.loopDelayMaxMs) }],
    },
  ]
  const heading = `Network loads among ${peers} go-libp2p peers, ${rate} messages of 240 B a second`
  const labels = results.map(({ level }) => String(level))
  return drawPlot(heading, labels, panels)
}
