/** Axes: where a value lies on one, and which values are written beside it. */

export interface Scale {
  /** 0 at the axis' beginning, 1 at its end. */
  readonly place: (value: number) => number
  readonly ticks: readonly number[]
}

/** Steps a reader takes in at a glance, times a power of ten. */
const ROUND_STEPS = [1, 2, 2.5, 5, 10]
/** No axis ends lower, and a logarithmic one begins no lower. */
const LEAST = 1e-3
/** Values that differ by less than this share are one. */
const LEAST_SPAN = 1e-9
/** Beyond so many ticks only the powers of ten are written. */
const MOST_STEPS = 8

/** The smallest round number that is not below `rough`. */
function roundStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough))
  return power * (ROUND_STEPS.find((step) => step * power >= rough * (1 - 1e-9)) ?? 10)
}

/** Multiples of `step` without the dust of binary fractions. */
function multiples(step: number, first: number, last: number): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(6)))
}

/**
 * From 0 to a round number that is not below the largest value, in about `steps` steps; where values are below 0, from a
 * round number that is not above the smallest.
 */
export function fromZero(values: readonly number[], steps = 4): Scale {
  const finite = values.filter(Number.isFinite)
  const most = Math.max(0, ...finite)
  const least = Math.min(0, ...finite)
  const span = most - least
  const largest = span === 0 ? 1 : Math.max(LEAST, span)
  const step = roundStep(largest / steps)
  const first = Math.floor(least / step + 1e-9)
  const last = Math.ceil((least + largest) / step - 1e-9)
  return { place: (value) => (value - step * first) / (step * (last - first)), ticks: multiples(step, first, last) }
}

/** From the smallest value to the largest, with round numbers in between; a single value lies in the middle. */
export function acrossValues(values: readonly number[], steps = 6): Scale {
  const finite = values.filter(Number.isFinite)
  const low = finite.length === 0 ? 0 : Math.min(...finite)
  const high = finite.length === 0 ? 0 : Math.max(...finite)
  if (high - low <= LEAST_SPAN * Math.max(1, Math.abs(high))) return { place: () => 0.5, ticks: [low] }
  const step = roundStep((high - low) / steps)
  return {
    place: (value) => (value - low) / (high - low),
    ticks: multiples(step, Math.ceil(low / step), Math.floor(high / step)),
  }
}

/** 1, 2 and 5 times each power of ten, from the last that is not above `low` to the first that is not below `high`. */
function oneTwoFive(low: number, high: number): readonly number[] {
  const first = Math.floor(Math.log10(low))
  const decades = Math.ceil(Math.log10(high)) - first + 1
  const all = Array.from({ length: decades }, (_, index) => [1, 2, 5].map((factor) => factor * 10 ** (first + index)))
  const steps = all.flat().map((step) => Number(step.toPrecision(6)))
  const from = steps.findLastIndex((step) => step <= low)
  const to = steps.findIndex((step) => step >= high)
  return steps.slice(Math.max(0, from), to + 1)
}

/** From a step below the smallest positive value to one above the largest: 1, 2, 5, 10, 20 and so on, or powers of ten. */
export function logarithmic(values: readonly number[]): Scale {
  const positive = values.filter((value) => Number.isFinite(value) && value > 0)
  const low = positive.length === 0 ? 1 : Math.max(LEAST, Math.min(...positive))
  const high = Math.max(2 * low, ...positive)
  const steps = oneTwoFive(low, high)
  const [first = low, last = high] = [steps[0], steps.at(-1)]
  return {
    // What is 0 or below has no place on this axis: it is drawn at its beginning.
    place: (value) => Math.max(0, Math.log(Math.max(value, Number.MIN_VALUE) / first) / Math.log(last / first)),
    ticks: steps.length > MOST_STEPS ? steps.filter((step) => Number.isInteger(Math.log10(step))) : steps,
  }
}
