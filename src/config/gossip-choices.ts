/** The settings that choose gossip: topics, attestation subnets and columns. */
import { z } from 'zod'
import { type GossipKind, TOPIC_TABLE } from '../consensus/topic-table.ts'
import { suggestion } from './closest-name.ts'
import { quote } from './value-types.ts'

/** Every gossip kind of every fork. */
export const GOSSIP_KINDS: readonly string[] = Object.keys(TOPIC_TABLE)

export function isGossipKind(name: string): name is GossipKind {
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

export type Report = (message: string) => void

/** Runs `read` over a list of texts; the value stands only when nothing was reported. */
export function readList<T>(read: (items: readonly string[], report: Report) => T) {
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
