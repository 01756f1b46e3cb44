import { ssz } from '@lodestar/types'

/** As many as mainnet's blocks often have. */
const TRANSACTIONS = 200
/** Half noise, half zeros, in turn: snappy halves it about. */
const PERIOD_BYTES = 64

function transaction(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i % PERIOD_BYTES < PERIOD_BYTES / 2 ? Math.random() * 256 : 0))
}

/**
 * A SignedBeaconBlock (fulu) of that many bytes, which can be decoded and hashed: nearly all of it are transactions. Its
 * last 8 bytes may be anything: they are the end of a public key.
 */
export function madeBlock(sizeBytes: number): Uint8Array {
  const block = ssz.fulu.SignedBeaconBlock.defaultValue()
  const { body } = block.message
  const key = new Uint8Array(48)
  body.executionRequests.consolidations = [{ sourceAddress: new Uint8Array(20), sourcePubkey: key, targetPubkey: key }]
  const emptyBytes = ssz.fulu.SignedBeaconBlock.serialize(block).length
  const lengthBytes = sizeBytes - emptyBytes - 4 * TRANSACTIONS
  const eachBytes = Math.floor(lengthBytes / TRANSACTIONS)
  const lastBytes = lengthBytes - (TRANSACTIONS - 1) * eachBytes
  const lengths = [...Array.from({ length: TRANSACTIONS - 1 }, () => eachBytes), lastBytes]
  body.executionPayload.transactions = lengths.map(transaction)
  return ssz.fulu.SignedBeaconBlock.serialize(block)
}
