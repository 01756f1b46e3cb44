import type { GossipsubOpts } from '@chainsafe/libp2p-gossipsub'
import { compressBlock, type DecompressResult, decompressBlock } from '../../consensus/snappy-block.ts'
import type { TopicStr } from '../../shared/ids.ts'
import type { VerdictReason } from '../validation/verdict.ts'
import type { TopicDirectory } from './topic-directory.ts'

type DataTransform = NonNullable<GossipsubOpts['dataTransform']>
type Failure = Extract<DecompressResult, { ok: false }>['reason']

/**
 * Snappy on the way in and out. gossipsub takes a throw for "invalid, count it against the sender (P4)"; the errors are
 * made once, since building a stack for each bad message would be a gift to whoever sends them. `onReject` is given the
 * very array that the message came with, by which the router knows its sender.
 */
export function createSnappyTransform(
  topics: TopicDirectory,
  onReject: (topic: TopicStr, reason: VerdictReason, data: Uint8Array) => void,
): DataTransform {
  const unknownTopic = new Error('message on a topic we are not subscribed to')
  const failed = new Error('payload is not snappy of a size this topic allows')
  return {
    inboundTransform(topic, data) {
      const context = topics.get(topic)
      if (context === undefined) {
        onReject(topic, 'unknown_topic', data)
        throw unknownTopic
      }
      const result = decompressBlock(data, context.minSszBytes, context.maxSszBytes)
      if (result.ok) return result.bytes
      onReject(topic, reasonOf(result.reason), data)
      throw failed
    },
    outboundTransform: (_topic, data) => compressBlock(data),
  }
}

function reasonOf(failure: Failure): VerdictReason {
  return `snappy_${failure}`
}
