/** Axes: where a value lies on one, and which values are written beside it. */

export interface Scale {
  /** 0 at the axis' beginning, 1 at its end. */
  readonly place: (value: number) => number
  readonly ticks: readonly number[]
}

/** Steps a reader takes in at a glance, times a power of ten. */
const ROUND_STEPS = [1, 2, 2.5, 5, 10]
/** A logarithmic axis begins no lower. */
const LEAST = 1e-3
/** Decades that leave room for 2 and 5 between the powers of ten. */
const ROOMY_DECADES = 2

/** The smallest round number that is not below `rough`. */
function roundStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough))
  return power * (ROUND_STEPS.find((step) => step * power >= rough * (1 - 1e-9)) ?? 10)
}

/** Multiples of `step` without the dust of binary fractions. */
function multiples(step: number, first: number, last: number): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(6)))
}

/** From 0 to a round number that is not below the largest value, in about `steps` steps. */
export function fromZero(values: readonly number[], steps = 4): Scale {
  const largest = Math.max(0, ...values.filter(Number.isFinite)) || 1
  const step = roundStep(largest / steps)
  const needed = Math.ceil(largest / step - 1e-9)
  return { place: (value) => value / (step * needed), ticks: multiples(step, 0, needed) }
}

/** From the smallest value to the largest, with round numbers in between; a single value lies in the middle. */
export function acrossValues(values: readonly number[], steps = 6): Scale {
  const finite = values.filter(Number.isFinite)
  const low = finite.length === 0 ? 0 : Math.min(...finite)
  const high = finite.length === 0 ? 0 : Math.max(...finite)
  if (high === low) return { place: () => 0.5, ticks: [low] }
  const step = roundStep((high - low) / steps)
  return {
    place: (value) => (value - low) / (high - low),
    ticks: multiples(step, Math.ceil(low / step), Math.floor(high / step)),
  }
}

/** From the power of ten below the smallest positive value to the one above the largest. */
export function logarithmic(values: readonly number[]): Scale {
  const positive = values.filter((value) => Number.isFinite(value) && value > 0)
  const low = positive.length === 0 ? 1 : Math.max(LEAST, Math.min(...positive))
  const high = positive.length === 0 ? 10 : Math.max(low, ...positive)
  const first = Math.floor(Math.log10(low))
  const decades = Math.max(1, Math.ceil(Math.log10(high)) - first)
  const within = decades <= ROOMY_DECADES ? [1, 2, 5] : [1]
  const ticks = Array.from({ length: decades }, (_, index) => within.map((factor) => factor * 10 ** (first + index)))
  return {
    // What is 0 or below has no place on this axis: it is drawn at its beginning.
    place: (value) => Math.max(0, (Math.log10(Math.max(value, Number.MIN_VALUE)) - first) / decades),
    ticks: [...ticks.flat(), 10 ** (first + decades)].map((tick) => Number(tick.toPrecision(6))),
  }
}
