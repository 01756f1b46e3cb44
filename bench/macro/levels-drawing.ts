import { drawPlot } from '../plot/drawing.ts'
import type { LinePanel } from '../plot/panels.ts'
import type { LevelResult } from './levels-result.ts'

const COLOUR = { first: '#1f6f9f', second: '#c8553d', third: '#5b8c5a' } as const

/** What the drawing needs of a level. */
export type DrawnLevel = Pick<
  LevelResult,
  'level' | 'meshLow' | 'meshHigh' | 'meshMin' | 'meshMax' | 'heartbeatMs' | 'heartbeat' | 'cpuPercent' | 'pulses'
> & { readonly reachedMs?: number | undefined }

type Line = readonly [name: string, colour: string, value: (result: DrawnLevel) => number]

/** Title, unit and lines of each panel; the first has the band of allowed meshes too. */
const PANELS: readonly { readonly title: string; readonly unit: string; readonly lines: readonly Line[] }[] = [
  {
    title: 'Mesh size (shaded: allowed)',
    unit: 'peers a topic',
    lines: [
      ['largest', COLOUR.second, ({ meshMax }) => meshMax],
      ['smallest', COLOUR.first, ({ meshMin }) => meshMin],
    ],
  },
  {
    title: 'Heartbeat',
    unit: 'ms',
    lines: [
      ['table', COLOUR.second, ({ heartbeatMs }) => heartbeatMs],
      ['measured on the wire', COLOUR.first, ({ heartbeat }) => heartbeat.medianMs],
    ],
  },
  {
    title: 'Within bounds after the PATCH',
    unit: 'ms',
    lines: [['time', COLOUR.first, ({ reachedMs }) => reachedMs ?? Number.NaN]],
  },
  {
    title: 'Messages',
    unit: 'a second',
    lines: [
      ['out', COLOUR.second, ({ pulses }) => pulses.forwardedPerSecond],
      ['in', COLOUR.first, ({ pulses }) => pulses.receivedPerSecond],
    ],
  },
  { title: 'CPU of the relay', unit: '% of one core', lines: [['CPU', COLOUR.first, ({ cpuPercent }) => cpuPercent]] },
  {
    title: 'Forwarding, first byte in to last stream out',
    unit: 'ms',
    lines: [
      ['p50', COLOUR.first, ({ pulses }) => pulses.forwardP50Ms],
      ['p99', COLOUR.second, ({ pulses }) => pulses.forwardP99Ms],
    ],
  },
  {
    title: 'Longest event-loop delay of the network thread',
    unit: 'ms',
    lines: [['delay', COLOUR.third, ({ pulses }) => pulses.loopDelayMaxMs]],
  },
]

/** The plot of a `levels` run. */
export function drawLevels(
  results: readonly DrawnLevel[],
  { peers, rate }: { readonly peers: number; readonly rate: number },
): string {
  const band = results.map(({ meshLow, meshHigh }, x) => ({ x, low: meshLow, high: meshHigh }))
  const panels = PANELS.map(
    ({ title, unit, lines }, index): LinePanel => ({
      ...{ kind: 'lines', title, unit, xLabel: 'network load' },
      categories: results.map(({ level }) => String(level)),
      series: lines.map(([name, colour, value]) => ({
        ...{ name, colour },
        points: results.map((result, x) => ({ x, y: value(result) })),
      })),
      ...(index === 0 && { band }),
    }),
  )
  return drawPlot({
    heading: `Network loads among ${peers} go-libp2p peers, ${rate} messages of 240 B a second`,
    panels,
  })
}
