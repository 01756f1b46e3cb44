import { open } from 'node:fs/promises'
import { genesisHeadBytes, pubkeysOf, VALIDATOR_BYTES, validatorsRange } from '../consensus/genesis-validators.ts'
import type { NetworkConfig } from '../consensus/network-config.ts'
import { MAX_VALIDATOR_KEYS } from '../shared/validator-keys.ts'

/** Validators read at once: 1 MB. */
const VALIDATORS_AT_ONCE = 8192

/**
 * The keys of a genesis state's validators in order of index, in pieces; of more than we hold the first.
 * @throws Error that says what is wrong with the file, or that it cannot be read
 */
export async function* readGenesisKeys(path: string, network: NetworkConfig): AsyncGenerator<Uint8Array> {
  await using file = await open(path, 'r')
  const { size } = await file.stat()
  const head = new Uint8Array(genesisHeadBytes(network))
  const { bytesRead } = await file.read(head, 0, head.length, 0)
  const range = validatorsRange(head.subarray(0, bytesRead), size, network)
  if (!range.ok) throw new Error(`genesis.ssz ${range.reason}`)
  const count = Math.min(range.count, MAX_VALIDATOR_KEYS)
  for (let first = 0; first < count; first += VALIDATORS_AT_ONCE) {
    const piece = new Uint8Array(Math.min(VALIDATORS_AT_ONCE, count - first) * VALIDATOR_BYTES)
    const read = await file.read(piece, 0, piece.length, range.startBytes + first * VALIDATOR_BYTES)
    if (read.bytesRead !== piece.length) throw new Error('genesis.ssz ends early')
    yield pubkeysOf(piece)
  }
}
