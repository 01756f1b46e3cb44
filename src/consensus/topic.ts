/** Topic strings, `/eth2/<fork digest>/<name>/ssz_snappy` (specs/phase0/p2p-interface.md#topics-and-messages). */
import { FORK_NAMES, type ForkName } from './network-config.ts'
import { type GossipName, gossipNamesOfFork, isGossipKind, TOPIC_TABLE, type TopicSpec } from './topic-table.ts'

const PREFIX = '/eth2/'
const SUFFIX = '/ssz_snappy'
const DIGEST = /^[0-9a-f]{8}$/

export interface ParsedTopic {
  /** Eight lower-case hex digits. */
  readonly digestHex: string
  readonly name: GossipName
  readonly spec: TopicSpec
  /** Subnet or column; undefined for a topic without subnets. */
  readonly index: number | undefined
}

type KnownName = Omit<ParsedTopic, 'digestHex'>

function knownName(name: GossipName): KnownName {
  if (isGossipKind(name)) return { name, spec: TOPIC_TABLE[name], index: undefined }
  const split = name.lastIndexOf('_')
  const kind = name.slice(0, split)
  if (!isGossipKind(kind)) throw new Error(`the topic table has no row for ${name}`)
  return { name, spec: TOPIC_TABLE[kind], index: Number(name.slice(split + 1)) }
}

/** Every name of every fork. Looking a name up here is what makes `parseTopic` strict. */
const KNOWN_NAMES: ReadonlyMap<string, KnownName> = new Map(
  FORK_NAMES.flatMap((fork) => gossipNamesOfFork(fork)).map((name) => [name, knownName(name)]),
)

/** The topic of `name` under a digest of eight lower-case hex digits. */
export function formatTopic(digestHex: string, name: string): string {
  return `${PREFIX}${digestHex}/${name}${SUFFIX}`
}

/**
 * The parts of a topic, or undefined when it is not exactly one of the forms this relay knows: lower-case digest, a
 * name of some fork, a subnet in plain decimals within the largest range any fork gives it. Whether the digest's own
 * fork has the topic is for the caller: `isTopicOfFork`.
 */
export function parseTopic(topic: string): ParsedTopic | undefined {
  if (!topic.startsWith(PREFIX) || !topic.endsWith(SUFFIX) || topic[14] !== '/') return undefined
  const digestHex = topic.slice(PREFIX.length, 14)
  const known = KNOWN_NAMES.get(topic.slice(15, -SUFFIX.length))
  if (known === undefined || !DIGEST.test(digestHex)) return undefined
  return { digestHex, name: known.name, spec: known.spec, index: known.index }
}

const NAME_SETS = new Map<ForkName, ReadonlySet<string>>(
  FORK_NAMES.map((fork) => [fork, new Set<string>(gossipNamesOfFork(fork))]),
)

/** True when `fork` has a topic of this name, e.g. `blob_sidecar_8` in Electra but not in Deneb. */
export function isTopicOfFork(parsed: ParsedTopic, fork: ForkName): boolean {
  return NAME_SETS.get(fork)?.has(parsed.name) === true
}
