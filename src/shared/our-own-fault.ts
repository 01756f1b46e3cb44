/** Fewer peers than this say nothing of ourselves, however few there are: they may conspire. */
const MIN_PEERS_TO_DOUBT_OURSELVES = 4

/** Most peers do not fail in the same moment, but our own line does, or our thread, or our clock. */
export function isOurOwnFault(failingPeers: number, allPeers: number): boolean {
  return failingPeers >= MIN_PEERS_TO_DOUBT_OURSELVES && 2 * failingPeers > allPeers
}
