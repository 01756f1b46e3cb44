/** Share of new mesh peers taken by score; the rest is drawn at random (spec/relay-http-api.md, "Hybrid Peer Selection"). */
export const BEST_SHARE = 0.7

/** A random order of `items`, in a new array (Fisher–Yates). `random` answers numbers in [0, 1). */
export function shuffled<T>(items: Iterable<T>, random: () => number): T[] {
  const order = [...items]
  for (let last = order.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1))
    const held = order[last] as T
    order[last] = order[other] as T
    order[other] = held
  }
  return order
}

/**
 * Picks `need` of `candidates`: ceil(70 %) with the best scores, the others drawn from the rest without regard to score.
 * Of peers of equal score, as all new ones are at 0, the one that costs less comes first; of equal cost they are in random order,
 * so that none is picked by age.
 */
export function pickHybrid<T>(
  candidates: Iterable<T>,
  need: number,
  scoreOf: (candidate: T) => number,
  random: () => number,
  costOf: (candidate: T) => number = () => 0,
): T[] {
  if (need <= 0) return []
  const scored = shuffled(candidates, random).map((candidate) => ({
    candidate,
    score: scoreOf(candidate),
    cost: costOf(candidate),
  }))
  // Stable, so that ties keep their random order.
  const ranked = scored.sort((a, b) => b.score - a.score || a.cost - b.cost).map(({ candidate }) => candidate)
  const best = Math.ceil(BEST_SHARE * need)
  return [...ranked.slice(0, best), ...shuffled(ranked.slice(best), random).slice(0, need - best)]
}
