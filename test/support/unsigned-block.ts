/**
 * Blocks without a chain behind them: nobody signed them, and their parent is nowhere. What a relay can tell of a block
 * by itself is in order: its layout, its slot, and the time of its payload.
 */
import { ssz } from '@lodestar/types'
import { compressSync } from 'snappy'

/** What of a network a block depends on. */
export interface BlockTimes {
  readonly genesisTimeSeconds: number
  readonly slotDurationMs: number
}

/** The slot it is now. */
export function slotNow({ genesisTimeSeconds, slotDurationMs }: BlockTimes): number {
  return Math.floor((Date.now() - genesisTimeSeconds * 1000) / slotDurationMs)
}

/** A SignedBeaconBlock of fulu, to be filled further. Proposers make blocks of one slot differ. */
export function unsignedBlock({ genesisTimeSeconds, slotDurationMs }: BlockTimes, slot: number, proposerIndex = 0) {
  const block = ssz.fulu.SignedBeaconBlock.defaultValue()
  block.message.slot = slot
  block.message.proposerIndex = proposerIndex
  block.message.body.executionPayload.timestamp = genesisTimeSeconds + Math.floor((slot * slotDurationMs) / 1000)
  return block
}

export type UnsignedBlock = ReturnType<typeof unsignedBlock>

export function serialized(block: UnsignedBlock): Uint8Array {
  return ssz.fulu.SignedBeaconBlock.serialize(block)
}

/** As it is gossiped. */
export function compressed(block: UnsignedBlock): Uint8Array {
  return compressSync(Buffer.from(serialized(block)))
}
