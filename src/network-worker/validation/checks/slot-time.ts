import type { CheckScene } from './scene.ts'

/** compute_time_at_slot_ms, Unix time in ms (specs/phase0/p2p-interface.md). */
export function slotStartMs(slot: number, { genesisTimeSeconds, slotDurationMs }: CheckScene): number {
  return genesisTimeSeconds * 1000 + slot * slotDurationMs
}

/** compute_time_at_slot, whole seconds of Unix time, which is what payloads carry (specs/phase0/beacon-chain.md). */
export function slotStartSeconds(slot: number, { genesisTimeSeconds, slotDurationMs }: CheckScene): number {
  return genesisTimeSeconds + Math.floor((slot * slotDurationMs) / 1000)
}
