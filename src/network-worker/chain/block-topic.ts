import { formatTopic } from '../../consensus/topic.ts'
import type { TopicStr } from '../../shared/ids.ts'
import type { Chain } from './chain.ts'

/** The topic of blocks under the digest in force. */
export function blockTopic(chain: Pick<Chain, 'currentDigest'>): TopicStr {
  return formatTopic(chain.currentDigest().digestHex, 'beacon_block')
}
