/** Buckets per doubling: a reading is right to about 9 %. */
const BUCKETS_PER_OCTAVE = 8
const SMALLEST_MS = 0.001
const OCTAVES = 26
const BUCKETS = BUCKETS_PER_OCTAVE * OCTAVES

/** Latencies in logarithmic buckets, 1 µs to about a minute, in constant memory. */
export class LatencyHistogram {
  readonly #counts = new Uint32Array(BUCKETS)
  #total = 0

  record(ms: number): void {
    const octave = Math.log2(Math.max(ms, SMALLEST_MS) / SMALLEST_MS)
    const bucket = Math.min(BUCKETS - 1, Math.floor(octave * BUCKETS_PER_OCTAVE))
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1
    this.#total++
  }

  /** The value below which the share `quantile` (0 to 1) of the readings lies, in ms; 0 without readings. */
  quantile(quantile: number): number {
    if (this.#total === 0) return 0
    const rank = Math.ceil(quantile * this.#total)
    let seen = 0
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      seen += this.#counts[bucket] ?? 0
      if (seen >= rank) return SMALLEST_MS * 2 ** ((bucket + 1) / BUCKETS_PER_OCTAVE)
    }
    return SMALLEST_MS * 2 ** OCTAVES
  }

  clear(): void {
    this.#counts.fill(0)
    this.#total = 0
  }
}
