/** Longest name compared: a guard on the quadratic work below, far above any name of ours. */
const MAX_NAME_LENGTH = 64

/** Levenshtein distance: the fewest single-character insertions, deletions and substitutions. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const substituted = (previous[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1)
      current.push(Math.min(substituted, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1))
    }
    previous = current
  }
  return previous[b.length] ?? 0
}

/**
 * The candidate a mistyped name most likely meant, or undefined when none is near: at most a third of its letters,
 * and at least one, may differ.
 */
export function closestName(name: string, candidates: Iterable<string>): string | undefined {
  if (name.length > MAX_NAME_LENGTH) return undefined
  let best: string | undefined
  let bestDistance = Math.max(1, Math.floor(name.length / 3)) + 1
  for (const candidate of candidates) {
    const distance = editDistance(name, candidate)
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

/** `; did you mean <prefix><name>?`, or nothing when no candidate is near. */
export function suggestion(name: string, candidates: Iterable<string>, prefix = ''): string {
  const closest = closestName(name, candidates)
  return closest === undefined ? '' : `; did you mean ${prefix}${closest}?`
}
