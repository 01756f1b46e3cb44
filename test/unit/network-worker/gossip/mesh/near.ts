import assert from 'node:assert/strict'

/** Published figures have six digits or so. */
const RELATIVE_TOLERANCE = 1e-5

/** Compares with a published figure. */
export function assertNear(
  actual: number | undefined,
  expected: number,
  what: string,
  tolerance = RELATIVE_TOLERANCE,
): void {
  assert.ok(actual !== undefined, `${what} is missing`)
  const error = expected === 0 ? Math.abs(actual) : Math.abs(actual - expected) / Math.abs(expected)
  assert.ok(error <= tolerance, `${what}: ${actual}, expected ${expected}`)
}
