/** Who has sent a message, as far as it matters for how many independent peers that are. */
import { independentSources, type Source } from './distinct-sources.ts'

/** No message needs more sources (corroborate(8), ClaimLimits). One network's ninth agent then adds nothing. */
export const MAX_SOURCES = 8
/** Far more networks than any message needs. */
const MAX_NETWORKS = 64

/** Many peers of one network take up the room of that network only: they cannot keep others from being counted. */
export class SourceSet {
  readonly #agentsOf = new Map<string, Set<string>>()
  /** Undefined once a source has come: copies are many, and most of them tell nothing new. */
  #independent: number | undefined

  add({ network, agent }: Source): void {
    const agents = this.#agentsOf.get(network)
    if (agents === undefined) {
      if (this.#agentsOf.size >= MAX_NETWORKS) return
      this.#agentsOf.set(network, new Set([agent]))
    } else {
      if (agents.size >= MAX_SOURCES || agents.has(agent)) return
      agents.add(agent)
    }
    this.#independent = undefined
  }

  /**
   * How many are independent. Where all run the same, which they need not say truly, one network more stands for what
   * their agents cannot tell: whoever has three networks has two agents.
   */
  get independent(): number {
    this.#independent ??= Math.max(0, independentSources(this.#agentsOf), this.#agentsOf.size - 1)
    return this.#independent
  }
}
