/** The setting that chooses validation policies: for all topics, and for single ones. */
import { VOTE_KINDS } from '../consensus/topic-table.ts'
import { suggestion } from './closest-name.ts'
import { GOSSIP_KINDS, isGossipKind, type Report, readList } from './gossip-choices.ts'
import { quote } from './value-types.ts'

/**
 * What a message that its own content does not refute must pass before it is forwarded:
 * - `strict`: its signatures, where the keys are known
 * - `corroborate(k)`: k independent peers sent it
 * - `sampled`, of votes only: nothing more when they come from who has sent true ones, of whose some are verified
 *   afterwards; its signatures when they come from others
 * - `blind`: nothing more
 * - `none`: nothing at all, not even what its content says
 */
export type ValidationPolicy = 'strict' | `corroborate(${number})` | 'sampled' | 'blind' | 'none'

/** What `corroborate` alone means (reference/p2p.md A5.1). */
const USUAL_SOURCES = 2
/** More than this few meshes can bring within a slot: the mesh has 8 peers at the usual load, not all of them apart. */
const MAX_SOURCES = 8

export interface ValidationChoice {
  /** `default`: what each topic has by itself. */
  readonly default: ValidationPolicy | 'default'
  /** By gossip kind; a kind that is not here takes the default. */
  readonly perTopic: Readonly<Record<string, ValidationPolicy>>
}

const POLICY_NAMES = `strict, corroborate, corroborate(${USUAL_SOURCES}..${MAX_SOURCES}), sampled, blind or none`

/** The policy that a text names, undefined for none. */
export function policyOfText(text: string): ValidationPolicy | undefined {
  if (text === 'strict' || text === 'sampled' || text === 'blind' || text === 'none') return text
  if (text === 'corroborate') return `corroborate(${USUAL_SOURCES})`
  const sources = Number(/^corroborate\((\d)\)$/.exec(text)?.[1])
  return sources >= USUAL_SOURCES && sources <= MAX_SOURCES ? `corroborate(${sources})` : undefined
}

/** What stands for the policy of all topics among those of single ones. */
const EVERYWHERE = ''

/** The topic that an item is about. */
function readTopic(item: string, report: Report): string | undefined {
  const split = item.indexOf('=')
  if (split === -1) return EVERYWHERE
  const topic = item.slice(0, split)
  if (isGossipKind(topic)) return topic
  report(`${quote(topic)} is not a gossip topic${suggestion(topic, GOSSIP_KINDS)}`)
  return undefined
}

function readPolicy(item: string, report: Report): ValidationPolicy | undefined {
  const text = item.slice(item.indexOf('=') + 1)
  const policy = policyOfText(text)
  if (policy === undefined && item !== 'default')
    report(`${quote(text)} is not a validation policy; use ${POLICY_NAMES}`)
  return policy
}

/** Of other kinds there are few, and each is worth being verified before it goes on, or none is. */
function requireVotes(topic: string, report: Report): void {
  if (VOTE_KINDS.some((kind) => kind === topic)) return
  report(`sampled is for votes only: ${VOTE_KINDS.join(', ')}`)
}

/** A policy for every topic, `name=policy` for one, or both; each at most once. `default` alone is as if not given. */
export const validationChoice = readList((items, report): ValidationChoice => {
  const policies = new Map<string, ValidationPolicy>()
  const seen = new Set<string>()
  for (const item of items) {
    const topic = readTopic(item, report)
    const policy = readPolicy(item, report)
    if (topic === undefined) continue
    if (policy === 'sampled') requireVotes(topic, report)
    if (seen.has(topic)) {
      report(topic === EVERYWHERE ? 'gives more than one policy for all topics' : `gives ${topic} twice`)
    }
    seen.add(topic)
    if (policy !== undefined) policies.set(topic, policy)
  }
  const { [EVERYWHERE]: everywhere = 'default', ...perTopic } = Object.fromEntries(policies)
  return { default: everywhere, perTopic }
})
