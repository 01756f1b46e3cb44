import assert from 'node:assert/strict'
import { RelayError } from '../../../../src/shared/errors.ts'

/** The result, or the code of the RelayError thrown; any other throw fails the test. */
export function outcome<T>(run: () => T): { readonly value: T } | { readonly code: string; readonly message: string } {
  try {
    return { value: run() }
  } catch (cause) {
    assert.ok(cause instanceof RelayError, `threw ${cause}`)
    return { code: cause.code, message: cause.message }
  }
}
