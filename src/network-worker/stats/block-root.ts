import { ssz } from '@lodestar/types'
import type { ForkName } from '../../consensus/network-config.ts'

/** Offset of the message in a SignedBeaconBlock: 4 bytes of offset and the signature. */
const MESSAGE_OFFSET = 100

/**
 * hash_tree_root of the block in a SignedBeaconBlock, as `0x` and 64 hex digits; undefined when the bytes are no such
 * block. Takes some 0.1 ms for each kilobyte, so never in the turn that forwards a message.
 */
export function blockRoot(fork: ForkName, signedBlock: Uint8Array): string | undefined {
  const type = ssz[fork].BeaconBlock
  try {
    const block = type.deserialize(signedBlock.subarray(MESSAGE_OFFSET))
    return `0x${Buffer.from(type.hashTreeRoot(block as never)).toString('hex')}`
  } catch {
    return undefined // of bytes that are no block, which validation without state may let pass
  }
}
