/** Query parameters that may be given more than once, and what errors repeat of them. */

/** Enough of a wrong value to find it by; longer than every right one. */
const MAX_REPEATED_CHARS = 64

/** What an error repeats of the input, cut short. */
export function cut(text: string): string {
  return text.slice(0, MAX_REPEATED_CHARS)
}

/**
 * The values of a parameter that was repeated, written as a list with commas, or both, as the standard API allows
 * (`?state=connected,connecting&state=disconnected`); undefined when it was not given.
 */
export function queryList(param: unknown): readonly string[] | undefined {
  const given: readonly unknown[] = Array.isArray(param) ? param : param === undefined ? [] : [param]
  // The query parser makes strings only. Anything else is a value that is none.
  const texts = given.map((value) => (typeof value === 'string' ? value : ''))
  return texts.length === 0 ? undefined : texts.flatMap((text) => text.split(','))
}
