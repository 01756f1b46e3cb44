/**
 * A heartbeat's end, without the wait. Upstream encodes and sends to every peer at once what we have (IHAVE), which takes 10
 * to 30 ms among fifty peers in a burst, and whatever comes meanwhile waits. GRAFT and PRUNE go at once here as there;
 * IHAVE is encoded once a topic, and sent a few peers a turn.
 */
import type { RPC } from '@chainsafe/libp2p-gossipsub/message'
import type { PeerIdStr } from '../../../shared/ids.ts'
import { InTurns } from '../../../shared/in-turns.ts'
import { IhaveEncoder } from '../wire/ihave-encoder.ts'
import { CountedRouter } from './counted-router.ts'
import type { RouterComponents, RouterOptions } from './gossipsub-internals.ts'
import type { ScoredRouterDeps } from './scored-router.ts'

/** Of a turn, for IHAVE: about as long as a message takes. */
const TURN_MS = 0.5

export interface LazyPushRouterDeps extends ScoredRouterDeps {
  /** Calls back in another turn of the event loop, when sockets had theirs; tests have their own. */
  readonly nextTurn?: (run: () => void) => void
}

export class LazyPushRouter extends CountedRouter {
  readonly #encoder = new IhaveEncoder()
  readonly #turns: InTurns

  constructor(components: RouterComponents, options: RouterOptions, deps: LazyPushRouterDeps) {
    super(components, options, deps)
    const { clock, nextTurn = setImmediate } = deps
    this.#turns = new InTurns({ clock, nextTurn, turnMs: TURN_MS })
  }

  /** What is not sent when the next heartbeat comes, goes with what that has to tell. */
  override flush(): void {
    // Upstream adds what waits for the peer, its IHAVE too.
    for (const peerId of [...this.control.keys()]) this.sendRpc(peerId, controlRpc([]))
    this.#turns.run(() => this.#tellNext())
  }

  #tellNext(): boolean {
    const [next] = this.gossip
    if (next === undefined) return false
    const [peerId, ihave] = next
    this.gossip.delete(peerId)
    this.#tell(peerId, ihave)
    return true
  }

  #tell(peerId: PeerIdStr, ihave: RPC.ControlIHave[]): void {
    const stream = this.streamsOutbound.get(peerId)
    if (stream === undefined) return
    try {
      stream.pushPrefixed(this.#encoder.frame(ihave))
    } catch {
      // The stream ends, or holds all it may: nobody waits for an IHAVE.
      return
    }
    this.wireCounts.sentControl(controlRpc(ihave).control, 1)
  }
}

function controlRpc(ihave: RPC.ControlIHave[]): RPC & { readonly control: RPC.ControlMessage } {
  return { subscriptions: [], messages: [], control: { ihave, iwant: [], graft: [], prune: [], idontwant: [] } }
}
