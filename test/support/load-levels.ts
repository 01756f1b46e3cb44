/** The table of spec/relay-http-api.md, "Network Load Levels", written a second time to check the relay's own. */

export interface LoadLevel {
  readonly level: number
  readonly meshN: number
  readonly meshLow: number
  readonly meshHigh: number
  readonly heartbeatMs: number
}

type Row = readonly [meshN: number, meshLow: number, meshHigh: number, heartbeatMs: number]

/** The four rows that follow no rule; from the fifth on a mesh is twice its level, its bounds half and one and a half. */
const FIRST_ROWS: readonly Row[] = [
  [3, 1, 4, 1200],
  [4, 2, 8, 1000],
  [5, 3, 10, 1000],
  [8, 4, 10, 1000],
]
const HEARTBEATS_FROM_LEVEL_5 = [700, 600, 600, 500, 500, 400, 400, 350, 350, 300, 300, 250, 250, 200, 200, 200]

export const LOAD_LEVELS: readonly LoadLevel[] = [
  ...FIRST_ROWS,
  ...HEARTBEATS_FROM_LEVEL_5.map((heartbeatMs, index): Row => {
    const level = FIRST_ROWS.length + 1 + index
    return [2 * level, level, 3 * level, heartbeatMs]
  }),
].map(([meshN, meshLow, meshHigh, heartbeatMs], index) => ({ level: index + 1, meshN, meshLow, meshHigh, heartbeatMs }))

/** @throws RangeError outside 1–20 */
export function loadLevel(level: number): LoadLevel {
  const found = LOAD_LEVELS[level - 1]
  if (found === undefined) throw new RangeError(`no load level ${level}`)
  return found
}
