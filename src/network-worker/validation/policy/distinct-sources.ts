/** How many of those who sent a message are independent of each other. */

/** What two peers of one operator are likely to have in common. */
export interface Source {
  /** The network of its address: /16 of IPv4, /32 of IPv6. */
  readonly network: string
  /** What it says it runs. */
  readonly agent: string
}

/**
 * The most sources that can be chosen so that no two share a network or an agent, given the agents in each network. Which
 * are chosen matters: of (a, x), (a, y), (b, x) the last two are independent, though the first excludes both. Hence a
 * maximum matching of networks and agents, by augmenting paths. Sources are a few dozen at most.
 */
export function independentSources(agentsOf: ReadonlyMap<string, ReadonlySet<string>>): number {
  const networkOf = new Map<string, string>()
  const match = (network: string, tried: Set<string>): boolean => {
    for (const agent of agentsOf.get(network) ?? []) {
      if (tried.has(agent)) continue
      tried.add(agent)
      const holder = networkOf.get(agent)
      if (holder !== undefined && !match(holder, tried)) continue
      networkOf.set(agent, network)
      return true
    }
    return false
  }
  let count = 0
  for (const network of agentsOf.keys()) if (match(network, new Set())) count++
  return count
}
