/** One row of the network load table (spec/relay-http-api.md, "Network Load Levels"), with what the table leaves open. */
export interface MeshParameters {
  readonly meshN: number
  readonly meshLow: number
  readonly meshHigh: number
  readonly outboundMin: number
  readonly lazy: number
  readonly heartbeatMs: number
  /** Heartbeats a message stays answerable by IWANT. */
  readonly historyLength: number
  /** Heartbeats a message is advertised by IHAVE. */
  readonly historyGossip: number
}

type Row = readonly [meshN: number, meshLow: number, meshHigh: number, lazy: number, heartbeatMs: number]

const ROWS: readonly Row[] = [
  [3, 1, 4, 3, 1200],
  [4, 2, 8, 3, 1000],
  [5, 3, 10, 3, 1000],
  [8, 4, 10, 2, 1000],
  [10, 5, 15, 5, 700],
  [12, 6, 18, 6, 600],
  [14, 7, 21, 6, 600],
  [16, 8, 24, 6, 500],
  [18, 9, 27, 6, 500],
  [20, 10, 30, 6, 400],
  [22, 11, 33, 6, 400],
  [24, 12, 36, 6, 350],
  [26, 13, 39, 6, 350],
  [28, 14, 42, 6, 300],
  [30, 15, 45, 6, 300],
  [32, 16, 48, 6, 250],
  [34, 17, 51, 6, 250],
  [36, 18, 54, 6, 200],
  [38, 19, 57, 6, 200],
  [40, 20, 60, 6, 200],
]

/**
 * Message-cache windows in time (reference/scoring.md §4): what level 5 holds, 12 × 0.7 s, and advertises, half of it.
 * Fewer heartbeats at a faster beat would forget a message before a peer's 3 s IWANT follow-up, a broken promise of ours.
 */
const HISTORY_MS = 8400
const HISTORY_GOSSIP_MS = 4200

/**
 * Parameters of a level; levels above the table's last run as the last ("20+"). `heartbeatMs` replaces the level's own.
 * @throws RangeError below 1
 */
export function meshParameters(level: number, heartbeatMs?: number): MeshParameters {
  if (!Number.isInteger(level) || level < 1) throw new RangeError(`network load ${level} is no level`)
  const row = ROWS[Math.min(level, ROWS.length) - 1]
  if (row === undefined) throw new RangeError(`network load ${level} is no level`)
  const [meshN, meshLow, meshHigh, lazy, levelHeartbeatMs] = row
  const beatMs = heartbeatMs ?? levelHeartbeatMs
  return {
    meshN,
    meshLow,
    meshHigh,
    // Below meshLow and below half the mesh, or go peers call the parameters inconsistent.
    outboundMin: Math.max(0, Math.min(meshLow - 1, Math.ceil(meshN / 2) - 1, Math.floor(0.3 * meshN))),
    lazy,
    heartbeatMs: beatMs,
    historyLength: Math.ceil(HISTORY_MS / beatMs),
    historyGossip: Math.ceil(HISTORY_GOSSIP_MS / beatMs),
  }
}
