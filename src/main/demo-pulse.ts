import type { CountersView, PulseEvent } from '../rpc/pulse-event.ts'
import type { SwarmReport } from '../shared/demo-messages.ts'

const NO_COUNTS = {
  receivedMessages: 0,
  duplicateMessages: 0,
  forwardedMessages: 0,
  rejectedMessages: 0,
  droppedMessages: 0,
} satisfies Partial<CountersView>

type Counts = Record<keyof typeof NO_COUNTS, number>

/** Share of what the swarm should have received by the relay that it did, over one slot. */
function deliveredPercent(now: SwarmReport, before: SwarmReport | undefined): string {
  const expected = now.expectedDeliveries - (before?.expectedDeliveries ?? 0)
  const delivered = now.deliveredMessages - (before?.deliveredMessages ?? 0)
  return expected === 0 ? '-' : `${((100 * delivered) / expected).toFixed(1)} %`
}

/** Makes the demo's one line a slot out of the relay's pulses and the swarm's reports. */
export class DemoPulse {
  #counts: Counts = NO_COUNTS
  #report: SwarmReport | undefined
  #swarmText = 'the swarm has not published yet'

  /** Takes the swarm's report of a slot; it shows in the next line. */
  report(report: SwarmReport): void {
    const percent = deliveredPercent(report, this.#report)
    const columns = report.hasColumns ? '' : ', blobs still being computed'
    this.#swarmText = `swarm received ${percent}${columns}`
    this.#report = report
  }

  /** The line of a pulse: what the relay did since the pulse before. */
  line(pulse: PulseEvent): string {
    const { counters, slot, peers, blockMeshPeers, forwardP99Ms } = pulse
    const since = (name: keyof Counts): number => counters[name] - this.#counts[name]
    const troubles = since('rejectedMessages') + since('droppedMessages')
    const line = [
      `slot ${String(slot).padStart(4)}`,
      `peers ${peers}, block mesh ${blockMeshPeers}`,
      `in ${since('receivedMessages')} (${since('duplicateMessages')} duplicates)`,
      `out ${since('forwardedMessages')}`,
      `forward p99 ${forwardP99Ms.toFixed(1)} ms`,
      this.#swarmText,
      ...(troubles > 0 ? [`rejected ${since('rejectedMessages')}, dropped ${since('droppedMessages')}`] : []),
    ].join(' | ')
    const names = Object.keys(NO_COUNTS) as (keyof Counts)[]
    this.#counts = Object.fromEntries(names.map((name) => [name, counters[name]])) as Counts
    return line
  }
}
