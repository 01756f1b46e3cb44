/**
 * hash_tree_root of an AggregateAndProof, which its aggregator signs, straight from its serialisation.
 * Spec: specs/phase0/validator.md#aggregateandproof; the attestation's: specs/electra/beacon-chain.md#attestation,
 * specs/gloas/beacon-chain.md, where it is progressive (EIP-7688)
 */

import { type ForkName, isForkAtLeast, type PresetName } from './network-config.ts'
import { bitlistRoot, progressiveBitlistRoot, progressiveContainerRoot } from './ssz/bit-roots.ts'
import { bytesRoot, fixedContainerRoot, rootOfRoots } from './ssz/fixed-root.ts'
import { type FieldRange, fieldRange } from './ssz/ssz-layout-fields.ts'
import { attestationData } from './ssz-types/basic.ts'
import { gossipType } from './ssz-types/gossip-types.ts'

const AGGREGATE = 'message.aggregate'

/** hash_tree_root of an AttestationData, 128 bytes. Ten hashes. */
export function attestationDataRoot(data: Uint8Array): Uint8Array {
  return fixedContainerRoot(attestationData, data)
}

/**
 * What works out the root of the message in a SignedAggregateAndProof, whose layout must be valid. Some thirty hashes, ten
 * of them for the data of the vote, which many have in common.
 * @param dataRoot as `attestationDataRoot`, which may remember
 */
export function aggregateRoots(
  fork: ForkName,
  preset: PresetName,
  dataRoot: (data: Uint8Array) => Uint8Array = attestationDataRoot,
): (ssz: Uint8Array) => Uint8Array {
  const type = gossipType('beacon_aggregate_and_proof', fork, preset)
  const at = {
    index: fieldRange(type, 'message.aggregatorIndex'),
    bits: fieldRange(type, `${AGGREGATE}.aggregationBits`),
    data: fieldRange(type, `${AGGREGATE}.data`),
    signature: fieldRange(type, `${AGGREGATE}.signature`),
    proof: fieldRange(type, 'message.selectionProof'),
  }
  const committees = isForkAtLeast(fork, 'electra') ? [fieldRange(type, `${AGGREGATE}.committeeBits`)] : []
  const isProgressive = isForkAtLeast(fork, 'gloas')
  const bitsRoot = isProgressive ? progressiveBitlistRoot : limitedBitlist(at.bits)
  const aggregateRoot = isProgressive ? progressiveContainerRoot : rootOfRoots
  return (ssz) => {
    const bytes = (range: FieldRange): Uint8Array => ssz.subarray(range.start(ssz), range.end(ssz))
    const vectors = [at.signature, ...committees].map((range) => bytesRoot(bytes(range)))
    const aggregate = aggregateRoot([bitsRoot(bytes(at.bits)), dataRoot(bytes(at.data)), ...vectors])
    return rootOfRoots([bytesRoot(bytes(at.index)), aggregate, bytesRoot(bytes(at.proof))])
  }
}

function limitedBitlist({ type }: FieldRange): (bitlist: Uint8Array) => Uint8Array {
  if (type.kind !== 'bitlist') throw new Error(`bits that are a ${type.kind}`)
  return (bitlist) => bitlistRoot(bitlist, type.limitBits)
}
