/** Who has sent a message, as far as it matters for how many independent peers that are. */
import { independentSources, type Source } from './distinct-sources.ts'

/** No message needs more sources (corroborate(8), ClaimLimits). One network's ninth agent then adds nothing. */
export const MAX_SOURCES = 8
/** Far more networks than any message needs. */
const MAX_NETWORKS = 64

/** Many peers of one network take up the room of that network only: they cannot keep others from being counted. */
export class SourceSet {
  readonly #agentsOf = new Map<string, Set<string>>()

  add({ network, agent }: Source): void {
    const agents = this.#agentsOf.get(network)
    if (agents !== undefined) {
      if (agents.size < MAX_SOURCES) agents.add(agent)
    } else if (this.#agentsOf.size < MAX_NETWORKS) this.#agentsOf.set(network, new Set([agent]))
  }

  /**
   * How many are independent. Where all run the same, which they need not say truly, one network more stands for what
   * their agents cannot tell: whoever has three networks has two agents.
   */
  get independent(): number {
    return Math.max(independentSources(this.#agentsOf), this.#agentsOf.size - 1)
  }
}
