/** The settings that choose gossip: topics, attestation subnets, columns and validation policies. */
import { z } from 'zod'
import { type GossipKind, TOPIC_TABLE } from '../consensus/topic-table.ts'
import { suggestion } from './closest-name.ts'
import { quote } from './value-types.ts'

/** Every gossip kind of every fork. */
const GOSSIP_KINDS: readonly string[] = Object.keys(TOPIC_TABLE)

function isGossipKind(name: string): name is GossipKind {
  return Object.hasOwn(TOPIC_TABLE, name)
}

/** `--attestation-subnets` decides about these, so naming them under `--topics` could only contradict it. */
const SUBNET_CHOSEN: GossipKind = 'beacon_attestation'

/** What a relay with no opinion forwards. `blob_sidecar` has no topic from fulu on; columns have none before it. */
export const DEFAULT_TOPICS: readonly GossipKind[] = [
  'beacon_block',
  'beacon_aggregate_and_proof',
  'proposer_slashing',
  'attester_slashing',
  'voluntary_exit',
  'sync_committee_contribution_and_proof',
  'bls_to_execution_change',
  'blob_sidecar',
  'data_column_sidecar',
]

/** Policies there are today. */
export const VALIDATION_POLICIES = ['blind', 'none'] as const
export type ValidationPolicy = (typeof VALIDATION_POLICIES)[number]
/** Policies that the command line already reserves and this release cannot run. */
const PLANNED_POLICIES: readonly string[] = ['strict', 'corroborate']

export interface ValidationChoice {
  readonly default: ValidationPolicy
  /** By gossip kind; a kind that is not here takes the default. */
  readonly perTopic: Readonly<Record<string, ValidationPolicy>>
}

type Report = (message: string) => void

/** Runs `read` over a list of texts; the value stands only when nothing was reported. */
function readList<T>(read: (items: readonly string[], report: Report) => T) {
  return z.array(z.string()).transform((items, context) => {
    let failed = false
    const value = read(items, (message) => {
      failed = true
      context.addIssue({ code: 'custom', message })
    })
    return failed ? z.NEVER : value
  })
}

/** The one word of a list that holds nothing else, when it is one of `words`. */
function soleWord<const Word extends string>(items: readonly string[], words: readonly Word[]): Word | undefined {
  return items.length === 1 ? words.find((word) => word === items[0]) : undefined
}

/** `all`, `none`, or base names of gossip topics. */
export const topicChoice = readList((items, report): 'all' | 'none' | GossipKind[] => {
  const word = soleWord(items, ['all', 'none'])
  if (word !== undefined) return word
  if (items.length === 0) report('names no topic; write none for no topics')
  const kinds = new Set<GossipKind>()
  for (const item of items) {
    if (item === SUBNET_CHOSEN) report(`${item} is chosen with --attestation-subnets`)
    else if (isGossipKind(item)) kinds.add(item)
    else if (item === 'all' || item === 'none') report(`${item} stands alone or not at all`)
    else report(`${quote(item)} is not a gossip topic${suggestion(item, GOSSIP_KINDS)}`)
  }
  return [...kinds]
})

/** One of `words`, or indices below `count`, which come out sorted and once each. */
export function indexChoice<const Word extends string>(words: readonly Word[], count: number) {
  return readList((items, report): Word | number[] => {
    const word = soleWord(items, words)
    if (word !== undefined) return word
    if (items.length === 0) report(`is empty; write ${words.join(', ')} or numbers from 0 to ${count - 1}`)
    const indices = new Set<number>()
    for (const item of items) {
      if (/^\d+$/.test(item) && Number(item) < count) indices.add(Number(item))
      else report(`must be ${words.join(', ')} or numbers from 0 to ${count - 1}; got ${quote(item)}`)
    }
    return [...indices].sort((a, b) => a - b)
  })
}

function readPolicy(text: string, report: Report): ValidationPolicy | undefined {
  const policy = VALIDATION_POLICIES.find((known) => known === text)
  if (policy !== undefined) return policy
  if (PLANNED_POLICIES.includes(text)) {
    report(`policy ${text} is not available in this release; use ${VALIDATION_POLICIES.join(' or ')}`)
  } else report(`${quote(text)} is not a validation policy; use ${VALIDATION_POLICIES.join(' or ')}`)
  return undefined
}

/** A policy for every topic, `name=policy` for one, or both; each at most once. */
export const validationChoice = readList((items, report): ValidationChoice => {
  const policies = new Map<string, ValidationPolicy>()
  const seen = new Set<string>()
  for (const item of items) {
    const split = item.indexOf('=')
    const topic = split === -1 ? '' : item.slice(0, split)
    if (split !== -1 && !isGossipKind(topic)) {
      report(`${quote(topic)} is not a gossip topic${suggestion(topic, GOSSIP_KINDS)}`)
    } else if (seen.has(topic))
      report(topic === '' ? 'gives more than one policy for all topics' : `gives ${topic} twice`)
    seen.add(topic)
    const policy = readPolicy(item.slice(split + 1), report)
    if (policy !== undefined) policies.set(topic, policy)
  }
  const { '': everywhere = 'blind', ...perTopic } = Object.fromEntries(policies)
  return { default: everywhere, perTopic }
})
