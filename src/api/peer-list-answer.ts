/** Lists of the standard's peers, whole or filtered, each made once for all who ask at about the same time. */
import type { ServerResponse } from 'node:http'
import type { NodePeerView } from '../rpc/peer-views.ts'
import { JsonAnswer } from './json-answer.ts'
import { matchesFilter, type PeerFilter } from './schemas/peer-filter.ts'

/** The same text for filters that let the same peers through. */
function filterKey({ states, directions }: PeerFilter): string {
  const words = (set: ReadonlySet<string> | undefined): string => (set === undefined ? '*' : [...set].sort().join())
  return `${words(states)} ${words(directions)}`
}

export class PeerListAnswer {
  readonly #shape: (peer: NodePeerView) => NodePeerView
  /** By filter; at most 64, since there are four states, two directions and no other words. */
  readonly #answers = new Map<string, JsonAnswer<readonly NodePeerView[]>>()

  /** `shape` makes of a peer what is answered. */
  constructor(shape: (peer: NodePeerView) => NodePeerView = (peer) => peer) {
    this.#shape = shape
  }

  /** Ends the response with `{"data": […], "meta": {"count": n}}`. */
  send(response: ServerResponse, peers: readonly NodePeerView[], filter: PeerFilter): void {
    this.#answerFor(filter).send(response, peers)
  }

  #answerFor(filter: PeerFilter): JsonAnswer<readonly NodePeerView[]> {
    const key = filterKey(filter)
    const known = this.#answers.get(key)
    if (known !== undefined) return known
    const answer = new JsonAnswer<readonly NodePeerView[]>((peers) => {
      const data = peers.filter((peer) => matchesFilter(peer, filter)).map(this.#shape)
      return { data, meta: { count: data.length } }
    })
    this.#answers.set(key, answer)
    return answer
  }
}
