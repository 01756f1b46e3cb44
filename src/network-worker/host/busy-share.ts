import { performance } from 'node:perf_hooks'

/** Of the calling thread: the share of the time since it was last asked, or made, in which its event loop worked, 0 to 1. */
export function busyShare(): () => number {
  let before = performance.eventLoopUtilization()
  return () => {
    const now = performance.eventLoopUtilization()
    const { utilization } = performance.eventLoopUtilization(now, before)
    before = now
    return utilization
  }
}
