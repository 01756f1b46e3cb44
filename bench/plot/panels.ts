/** What a drawing is made of. Values that are not finite are left out of it. */

export interface PanelHead {
  readonly title: string
  readonly unit: string
  /** Of the vertical axis, which begins at 0 when linear (the default), or below where values are. */
  readonly scale?: 'linear' | 'logarithmic'
  /** Horizontal lines with a name, such as a bar that is to be met. */
  readonly limits?: readonly { readonly label: string; readonly value: number }[]
}

export interface LinePoint {
  /** A number of the horizontal axis, or the index of its category. */
  readonly x: number
  readonly y: number
  /** An interval around y, drawn as a whisker. */
  readonly low?: number
  readonly high?: number
}

export interface LineSeries {
  readonly name: string
  readonly colour: string
  readonly points: readonly LinePoint[]
}

export interface LinePanel extends PanelHead {
  readonly kind: 'lines'
  readonly xLabel: string
  /** Names along the horizontal axis; without them it is an axis of numbers. */
  readonly categories?: readonly string[]
  readonly series: readonly LineSeries[]
  /** Drawn as an area behind the series. */
  readonly band?: readonly { readonly x: number; readonly low: number; readonly high: number }[]
}

export interface Mark {
  readonly value: number
  readonly low: number
  readonly high: number
}

export interface GroupSeries {
  readonly name: string
  readonly colour: string
  /** One for each group; undefined where there is none. */
  readonly marks: readonly (Mark | undefined)[]
}

/**
 * Series side by side in named groups. `bars` rise to `value`, or hang down to it, and carry `low` to `high` as a
 * whisker; `ranges` go from a dot at `value` to a stroke at `high`.
 */
export interface GroupPanel extends PanelHead {
  readonly kind: 'bars' | 'ranges'
  readonly groups: readonly string[]
  readonly series: readonly GroupSeries[]
}

export type Panel = LinePanel | GroupPanel

/** A heading, then panels in rows; two in a row share one legend, which stands under the heading. */
export interface Drawing {
  readonly heading: string
  readonly panels: readonly Panel[]
  readonly columns?: 1 | 2
}

/** Where a panel's plot lies in the drawing, in its units. */
export interface Box {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}
