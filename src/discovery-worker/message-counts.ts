import type { Discv5 } from '@chainsafe/discv5'
import type { Tally } from '../rpc/discovery-views.ts'

type Metrics = NonNullable<ConstructorParameters<typeof Discv5>[2]>

/** Types of messages that discv5.1 has ("Protocol Messages"); upstream knows some more that nobody sends. */
const MESSAGE_TYPES = ['PING', 'PONG', 'FINDNODE', 'NODES', 'TALKREQ', 'TALKRESP'] as const
type MessageType = (typeof MESSAGE_TYPES)[number] | 'other'

function isMessageType(text: string): text is MessageType {
  return MESSAGE_TYPES.some((type) => type === text)
}

function emptyTally(): Record<MessageType, number> {
  return { PING: 0, PONG: 0, FINDNODE: 0, NODES: 0, TALKREQ: 0, TALKRESP: 0, other: 0 }
}

/** Messages by type, told by the library through what it takes for gauges. Totals since start. */
export class MessageCounts {
  readonly #in = emptyTally()
  readonly #out = emptyTally()
  readonly metrics: Metrics = {
    kadTableSize: ignored(),
    activeSessionCount: ignored(),
    connectedPeerCount: ignored(),
    lookupCount: ignored(),
    rateLimitHitIP: ignored(),
    rateLimitHitTotal: ignored(),
    sentMessageCount: counting(this.#out),
    rcvdMessageCount: counting(this.#in),
  };

  get in(): Tally {
    return { ...this.#in }
  }

  get out(): Tally {
    return { ...this.#out }
  }
}

/** A gauge whose figure is read elsewhere. */
function ignored(): Metrics['kadTableSize'] {
  return { inc: () => undefined, set: () => undefined }
}

function counting(tally: Record<MessageType, number>): Metrics['sentMessageCount'] {
  return {
    inc: ({ type }, count = 1) => {
      tally[isMessageType(type) ? type : 'other'] += count
    },
    set: () => undefined,
  }
}
