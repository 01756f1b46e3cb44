import type { Stream } from '@libp2p/interface'
import type { Clock } from '../../../shared/clock.ts'
import type { PeerIdStr } from '../../../shared/ids.ts'
import type { Logger } from '../../../shared/logger.ts'
import { SERVED_BURST_BYTES, SERVED_BYTES_PER_SECOND } from '../limits.ts'
import { RESULT_CODE } from '../protocols.ts'
import type { AnswerServed } from '../types.ts'
import { BytePace } from './byte-pace.ts'
import type { QuotaBook } from './quota-book.ts'
import { BAD_SSZ, RATE_LIMITED, type Refusal } from './read-request.ts'
import { sendChunks } from './send-chunks.ts'
import { ServedAnswers } from './served-answers.ts'
import type { ServedSpec } from './served-protocols.ts'

/** Our own bound, and nobody's fault. */
const BUSY: Refusal = { kind: undefined, code: RESULT_CODE.rateLimited, text: 'busy' }

export interface ObjectResponderDeps {
  readonly clock: Clock
  readonly log: Logger
  readonly quotas: QuotaBook
  readonly answer: AnswerServed | undefined
}

/** One request that was read whole. */
export interface ObjectRequest {
  readonly protocol: ServedSpec
  readonly stream: Stream
  readonly peerId: PeerIdStr
  readonly ssz: Uint8Array
}

/**
 * Makes the part that answers with many objects: streamed, charged by the object, and of all peers together no faster
 * than serving may go beside forwarding. Why not, when it did not answer.
 */
export function createObjectResponder({ clock, log, quotas, answer }: ObjectResponderDeps) {
  const answers = new ServedAnswers(clock)
  const pace = new BytePace({ clock, bytesPerSecond: SERVED_BYTES_PER_SECOND, burstBytes: SERVED_BURST_BYTES })
  return async ({ protocol, stream, peerId, ssz }: ObjectRequest): Promise<Refusal | undefined> => {
    const served = answer?.(protocol.name, ssz)
    if (served === undefined) return BAD_SSZ
    // The first token was taken before the request was read.
    if (!quotas.take(peerId, protocol.name, Math.max(0, served.cost - 1))) return RATE_LIMITED
    if (served.objects === 0) return undefined
    const underWay = answers.begin(peerId, stream)
    if (underWay === undefined) return BUSY
    try {
      await sendChunks(stream, served.chunks, { clock, pace, answer: underWay })
    } catch (error) {
      log.debug({ peerId, protocol: protocol.id, err: error }, 'answer not taken')
      stream.abort(error instanceof Error ? error : new Error('answer not taken'))
    } finally {
      answers.end(underWay)
    }
    return undefined
  }
}
