import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { drawPlot } from '../../../../bench/plot/drawing.ts'
import type { GroupPanel, LinePanel, Panel } from '../../../../bench/plot/panels.ts'
import { svgFaults } from '../../../support/svg-faults.ts'

const RED = '#c00'

function bars(...values: readonly number[]): GroupPanel {
  const marks = values.map((value) => ({ value, low: value, high: value }))
  return {
    ...{ kind: 'bars', title: 'cost', unit: 'us' },
    groups: values.map((_, index) => `case ${index}`),
    series: [{ name: 'one', colour: RED, marks }],
  }
}

function heights(svg: string): readonly number[] {
  return [...svg.matchAll(/<rect x="[^"]+" y="[^"]+" width="[^"]+" height="([^"]+)"/g)].map(([, height]) =>
    Number(height),
  )
}

describe('drawPlot', () => {
  it('draws bars as high as their values', () => {
    const [first = 0, second = 0] = heights(drawPlot({ heading: 'h', panels: [bars(10, 20)] }))
    assert.ok(first > 0)
    assert.ok(Math.abs(second - 2 * first) < 0.2, `${second} is twice ${first}`)
  })

  it('hangs bars of values below 0 from the line of 0', () => {
    const svg = drawPlot({ heading: 'h', panels: [bars(10, -10)] })
    const [first = 0, second = 1] = heights(svg)
    assert.ok(first > 0 && Math.abs(first - second) < 0.2, `${first} and ${second}`)
    const tops = [...svg.matchAll(/<rect x="[^"]+" y="([^"]+)" width/g)].map(([, top]) => Number(top))
    assert.ok(Math.abs((tops[0] ?? 0) + first - (tops[1] ?? 0)) < 0.2, tops.join())
  })

  it('leaves out what was not measured, and keeps its place', () => {
    const panel = bars(10, Number.NaN, 20)
    assert.equal(heights(drawPlot({ heading: 'h', panels: [panel] })).length, 2)
    assert.match(drawPlot({ heading: 'h', panels: [panel] }), />case 1</)
  })

  it('breaks a line where a value is missing', () => {
    const points = [1, 2, Number.NaN, 3, 4].map((y, x) => ({ x, y }))
    const panel: LinePanel = {
      ...{ kind: 'lines', title: 'memory', unit: 'MB', xLabel: 'minutes' },
      series: [{ name: 'RSS', colour: RED, points }],
    }
    const path = /<path class="line"[^>]* d="([^"]+)"/.exec(drawPlot({ heading: 'h', panels: [panel] }))?.[1] ?? ''
    assert.deepEqual([...path.matchAll(/[ML]/g)].map(([command]) => command).join(''), 'MLML')
  })

  it('gives a whisker to an interval and none to a single value', () => {
    const interval = { value: 5, low: 4, high: 6 }
    const panel = { ...bars(5), series: [{ name: 'one', colour: RED, marks: [interval] }] }
    assert.match(drawPlot({ heading: 'h', panels: [panel] }), /<path class="whisker/)
    assert.doesNotMatch(drawPlot({ heading: 'h', panels: [bars(5)] }), /<path class="whisker/)
  })

  it('has a ground of its own and neither scripts nor anything from elsewhere', () => {
    const svg = drawPlot({ heading: 'h', panels: [bars(1)] })
    assert.match(svg, /<rect width="100%" height="100%" fill="#fff"\/>/)
    assert.doesNotMatch(svg, /<script|href=|url\(|@import|\son\w+=/)
  })

  it('writes names of any characters as text', () => {
    const svg = drawPlot({ heading: '<script>&"\u0000', panels: [{ ...bars(1), title: '</text><g>' }] })
    assert.doesNotMatch(svg, /<script>|<g>/)
    assert.deepEqual(svgFaults(svg), [])
  })

  it('is well formed and within its ground, whatever the values', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.array(anyPanel(), { maxLength: 5 }),
        fc.constantFrom(1, 2),
        (heading, panels, columns) => {
          const svg = drawPlot({ heading, panels, columns: columns === 1 ? 1 : 2 })
          assert.deepEqual(svgFaults(svg), [])
        },
      ),
    )
  })
})

/** What says NaN by itself would be taken for a number that is none. */
const colour = fc.string().filter((text) => !/NaN|Infinity|undefined/.test(text))

function anyPanel(): fc.Arbitrary<Panel> {
  const value = fc.oneof(fc.double({ min: 0, max: 1e9 }), fc.constantFrom(0, Number.NaN, Number.POSITIVE_INFINITY))
  const head = {
    title: fc.string(),
    unit: fc.string(),
    scale: fc.constantFrom<'linear' | 'logarithmic'>('linear', 'logarithmic'),
    limits: fc.array(fc.record({ label: fc.string(), value }), { maxLength: 2 }),
  }
  const mark = fc.option(fc.record({ value, low: value, high: value }), { nil: undefined })
  const groups = fc.record({
    ...head,
    kind: fc.constantFrom<'bars' | 'ranges'>('bars', 'ranges'),
    groups: fc.array(fc.string(), { maxLength: 6 }),
    series: fc.array(fc.record({ name: fc.string(), colour, marks: fc.array(mark, { maxLength: 6 }) })),
  })
  const point = fc.record({ x: value, y: value, low: value, high: value })
  const lines = fc.record(
    {
      ...head,
      kind: fc.constant('lines' as const),
      xLabel: fc.string(),
      categories: fc.array(fc.string()),
      series: fc.array(fc.record({ name: fc.string(), colour, points: fc.array(point) })),
      band: fc.array(fc.record({ x: value, low: value, high: value })),
    },
    { requiredKeys: ['title', 'unit', 'kind', 'xLabel', 'series'] },
  )
  return fc.oneof(groups, lines)
}
