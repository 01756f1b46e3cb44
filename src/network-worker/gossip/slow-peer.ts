/** Messages that wait this long are a hiccup of the network; beyond it the peer is penalised each second. */
const PENALISED_AFTER_MS = 2000
/** Beyond it the peer holds no place in a mesh: it would get its messages too late anyway, and hears of them by IHAVE. */
const PRUNED_AFTER_MS = 5000

/** What to do about a peer whose messages have been waiting for `waitingMs` without a pause. */
export function slowness(waitingMs: number): 'keeps_up' | 'penalise' | 'prune' {
  if (waitingMs < PENALISED_AFTER_MS) return 'keeps_up'
  return waitingMs < PRUNED_AFTER_MS ? 'penalise' : 'prune'
}
