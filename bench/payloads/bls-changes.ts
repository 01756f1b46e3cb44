/** Changes of withdrawal credentials that are truly signed, each by a key of its own. */
import { SecretKey } from '@chainsafe/blst'
import { ssz } from '@lodestar/types'
import { computeDomain, signingRoot } from '../../src/consensus/signing.ts'
import { fromHex } from '../../src/shared/hex.ts'
import type { PayloadShape } from '../../test/support/go-payload.ts'
import { GENESIS_VERSION_HEX, type TestNetwork } from '../../test/support/network-directory.ts'

const KEY_MATERIAL_BYTES = 32

/**
 * So many SignedBLSToExecutionChange, one after the other, of validators from `firstIndex` on. Each takes half a
 * millisecond to sign.
 */
export function signedChanges(
  network: Pick<TestNetwork, 'genesisValidatorsRootHex'>,
  firstIndex: number,
  count: number,
): readonly Uint8Array[] {
  const validatorsRoot = fromHex(network.genesisValidatorsRootHex, 32)
  const domain = computeDomain('blsToExecutionChange', GENESIS_VERSION_HEX, validatorsRoot)
  return Array.from({ length: count }, (_, index) => signedChange(firstIndex + index, domain))
}

function signedChange(validatorIndex: number, domain: Uint8Array): Uint8Array {
  const material = Buffer.alloc(KEY_MATERIAL_BYTES)
  material.writeUInt32LE(validatorIndex)
  const key = SecretKey.fromKeygen(material)
  const message = {
    validatorIndex,
    fromBlsPubkey: key.toPublicKey().toBytes(),
    toExecutionAddress: new Uint8Array(20),
  }
  const root = signingRoot(ssz.capella.BLSToExecutionChange.hashTreeRoot(message), domain)
  return ssz.capella.SignedBLSToExecutionChange.serialize({ message, signature: key.sign(root).toBytes() })
}

/** The changes as a stream sends them, each once. */
export function changesShape(changes: readonly Uint8Array[]): PayloadShape {
  const sizeBytes = changes[0]?.length ?? 0
  return { sizeBytes, template: Buffer.concat(changes).toString('base64'), stamps: [] }
}
