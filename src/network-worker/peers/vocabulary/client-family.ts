/** Families of clients as metrics name them: a closed list, so that no peer's agent string ever becomes a label. */
export const CLIENT_FAMILIES = [
  'lighthouse',
  'prysm',
  'teku',
  'nimbus',
  'lodestar',
  'grandine',
  'caplin',
  'starling',
  'other',
] as const
export type ClientFamily = (typeof CLIENT_FAMILIES)[number]

/** How agent strings begin, in lower case. Caplin calls itself by the name of the execution client it is part of. */
const PREFIXES: readonly (readonly [string, ClientFamily])[] = [
  ...CLIENT_FAMILIES.filter((family) => family !== 'other').map((family) => [family, family] as const),
  ['erigon', 'caplin'],
]
const LONGEST_PREFIX = Math.max(...PREFIXES.map(([prefix]) => prefix.length))

/** The family of a peer that calls itself `agent`, whatever that is. */
export function clientFamily(agent: string): ClientFamily {
  const start = agent.slice(0, LONGEST_PREFIX).toLowerCase()
  return PREFIXES.find(([prefix]) => start.startsWith(prefix))?.[1] ?? 'other'
}
