import { bytesRoot, fieldsRoot, pairRoot } from './ssz/fixed-root.ts'
import { readOffset } from './ssz/ssz-layout.ts'
import type { ContainerType, SszField } from './ssz/ssz-layout-type.ts'

const CHUNK_BYTES = 32

/** A byte list is a pair: its bytes, in a tree with room for its limit, and their number. */
function byteListRoot({ type, at, endAt }: SszField, ssz: Uint8Array): Uint8Array {
  const end = endAt === undefined ? ssz.length : readOffset(ssz, endAt)
  const value = ssz.subarray(readOffset(ssz, at), end)
  const length = Buffer.alloc(CHUNK_BYTES)
  length.writeUInt32LE(value.length, 0)
  return pairRoot(bytesRoot(value, type.maxBytes), length)
}

/**
 * hash_tree_root of an ExecutionPayloadHeader, which is that of its payload too: byte vectors, numbers, and
 * `extra_data`. Some thirty hashes. Spec: specs/<fork>/beacon-chain.md#executionpayloadheader, bellatrix to fulu
 * @param type that of the fork
 * @param ssz a serialisation of it whose layout is valid
 */
export function payloadHeaderRoot(type: ContainerType, ssz: Uint8Array): Uint8Array {
  return fieldsRoot(type, (field) => {
    const { at, fixedBytes } = field
    return fixedBytes === undefined ? byteListRoot(field, ssz) : bytesRoot(ssz.subarray(at, at + fixedBytes))
  })
}
