import type { CountersView, PulseEvent } from '../rpc/pulse-event.ts'
import type { Logger } from '../shared/logger.ts'

type CounterName = keyof CountersView

const NO_COUNTS: CountersView = {
  receivedMessages: 0,
  receivedBytes: 0,
  duplicateMessages: 0,
  forwardedMessages: 0,
  forwardedBytes: 0,
  acceptedMessages: 0,
  ignoredMessages: 0,
  rejectedMessages: 0,
  droppedMessages: 0,
  acceptedBlocks: 0,
}

/** What happened between two readings of the totals. */
function difference(now: CountersView, before: CountersView): CountersView {
  const names = Object.keys(NO_COUNTS) as CounterName[]
  return Object.fromEntries(names.map((name) => [name, now[name] - before[name]])) as Record<CounterName, number>
}

function rounded(ms: number): number {
  return Math.round(ms * 100) / 100
}

/**
 * A listener for `pulse` events that logs one `info` line for each: the state of the node, and what it did since the
 * pulse before. Times in ms.
 */
export function createPulseLog(log: Logger): (pulse: PulseEvent) => void {
  let before = NO_COUNTS
  return (pulse) => {
    const since = difference(pulse.counters, before)
    before = pulse.counters
    log.info(
      {
        slot: pulse.slot,
        peers: pulse.peers,
        mesh: pulse.blockMeshPeers,
        topics: pulse.topics,
        received: since.receivedMessages,
        duplicates: since.duplicateMessages,
        forwarded: since.forwardedMessages,
        accepted: since.acceptedMessages,
        ignored: since.ignoredMessages,
        rejected: since.rejectedMessages,
        dropped: since.droppedMessages,
        blocks: since.acceptedBlocks,
        received_bytes: since.receivedBytes,
        forwarded_bytes: since.forwardedBytes,
        forward_p50_ms: rounded(pulse.forwardP50Ms),
        forward_p99_ms: rounded(pulse.forwardP99Ms),
        loop_delay_max_ms: rounded(pulse.loopDelayMaxMs),
      },
      'pulse',
    )
  }
}
