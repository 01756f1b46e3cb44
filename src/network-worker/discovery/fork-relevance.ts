import type { ForkSchedule } from '../../consensus/fork-schedule.ts'
import type { NodeRecord } from '../../shared/node-record.ts'
import { activeDigests } from '../gossip/topics/subscriptions.ts'

/**
 * `current`: on the digest in force. `next`: on another one whose topics we hold too, the one to come from an epoch
 * before a boundary on, the one that ended until two epochs after it, by when records are signed anew. `other`: another
 * network, or a node that stayed behind. `none`: no `eth2` field, thus no beacon node, or a bare boot node.
 */
export type ForkRelevance = 'current' | 'next' | 'other' | 'none'

/** What a node's record says of its fork, seen from `epoch` of our schedule. */
export function forkRelevance(
  record: Pick<NodeRecord, 'forkDigestHex'>,
  schedule: ForkSchedule,
  epoch: number,
): ForkRelevance {
  const { forkDigestHex } = record
  if (forkDigestHex === undefined) return 'none'
  if (schedule.at(epoch).digestHex === forkDigestHex) return 'current'
  return activeDigests(schedule, epoch).some(({ digestHex }) => digestHex === forkDigestHex) ? 'next' : 'other'
}
