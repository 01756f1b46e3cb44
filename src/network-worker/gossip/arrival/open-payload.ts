import { type DecompressResult, decompressBlock } from '../../../consensus/snappy/snappy-block.ts'
import type { TopicContext } from '../topics/topic-directory.ts'
import type { Opened } from '../topics/topic-rules.ts'

/** Snappy with the bounds that a topic sets for its payloads. Lengths are checked before anything is allocated. */
export function openPayload(
  { minSszBytes, maxSszBytes }: Pick<TopicContext, 'minSszBytes' | 'maxSszBytes'>,
  data: Uint8Array,
): Opened {
  return openedAs(decompressBlock(data, minSszBytes, maxSszBytes))
}

/** What snappy says, with its reasons as those of verdicts. */
export function openedAs(result: DecompressResult): Opened {
  return result.ok ? result : { ok: false, reason: `snappy_${result.reason}` }
}
