import type { Type } from '@chainsafe/ssz'
import { ssz } from '@lodestar/types'
import type { ForkName } from '../../consensus/network-config.ts'

/** Offset of the message in a SignedBeaconBlock: 4 bytes of offset and the signature. */
const MESSAGE_OFFSET = 100

/**
 * hash_tree_root of the block in a SignedBeaconBlock of this thread's preset, as `0x` and 64 hex digits; undefined for
 * bytes that are no such block. Never throws.
 */
export function blockRoot(fork: ForkName, signedBlock: Uint8Array): string | undefined {
  const type: Type<unknown> = ssz[fork].BeaconBlock
  try {
    const block = type.deserialize(signedBlock.subarray(MESSAGE_OFFSET))
    return `0x${Buffer.from(type.hashTreeRoot(block)).toString('hex')}`
  } catch {
    return undefined // validation without state lets such bytes pass
  }
}
