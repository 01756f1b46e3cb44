/** What the relay itself says of its forwarding: the `pulse` lines of its log, one a slot. */
import type { LogLine } from '../../test/support/starling-process.ts'
import { median } from '../statistics.ts'

/** From the first byte of a message's RPC to its last copy handed over: medians over slots. */
export interface ForwardingLatency {
  readonly forwardP50Ms: number
  readonly forwardP99Ms: number
}

/** Of the slots that lie wholly between two Unix times in ms; nothing when there is none. */
export function forwardingLatency(
  log: readonly LogLine[],
  slotSeconds: number,
  fromMs: number,
  toMs: number,
): ForwardingLatency | Record<string, never> {
  const pulses = log.filter(({ msg, time }) => {
    const atMs = Date.parse(String(time))
    return msg === 'pulse' && atMs - slotSeconds * 1000 >= fromMs && atMs <= toMs
  })
  if (pulses.length === 0) return {}
  return {
    forwardP50Ms: median(pulses.map((pulse) => Number(pulse['forward_p50_ms']))),
    forwardP99Ms: median(pulses.map((pulse) => Number(pulse['forward_p99_ms']))),
  }
}
