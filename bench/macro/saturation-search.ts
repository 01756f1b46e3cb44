/** The search for the highest rate that something sustains. */

export interface SearchBounds {
  /** The first rate tried. */
  readonly from: number
  /** No rate below or above is tried. */
  readonly lowest: number
  readonly highest: number
  /** Between the steps until one fails (or, downwards from a first that fails, until one does not). */
  readonly factor: number
  /** The search ends when the lowest rate that failed is so many times the highest that did not. */
  readonly precision: number
}

export interface Saturation {
  /** Highest rate that was sustained; undefined when none was. */
  readonly sustained: number | undefined
  /** Lowest that was not; undefined when all were. */
  readonly failed: number | undefined
}

/**
 * Steps up (or down) by the factor until the limit lies between two rates, then halves what is between them, in
 * proportion. Rates are whole numbers. @throws what a trial throws
 */
export async function findSaturation(
  isSustained: (rate: number) => Promise<boolean>,
  bounds: SearchBounds,
): Promise<Saturation> {
  let { sustained, failed } = await stepToLimit(isSustained, bounds)
  while (sustained !== undefined && failed !== undefined && failed / sustained > bounds.precision) {
    const between = Math.round(Math.sqrt(sustained * failed))
    if (between <= sustained || between >= failed) break
    if (await isSustained(between)) sustained = between
    else failed = between
  }
  return { sustained, failed }
}

async function stepToLimit(
  isSustained: (rate: number) => Promise<boolean>,
  { from, lowest, highest, factor }: SearchBounds,
): Promise<Saturation> {
  let sustained: number | undefined
  let failed: number | undefined
  let rate = from
  while (rate >= lowest && rate <= highest) {
    if (await isSustained(rate)) sustained = rate
    else failed = rate
    if (sustained !== undefined && failed !== undefined) break
    rate = Math.round(failed === undefined ? rate * factor : rate / factor)
  }
  return { sustained, failed }
}
