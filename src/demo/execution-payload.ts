/**
 * The execution side of a demo block. There is no execution layer: what consensus rules check (parent hash, timestamp,
 * blob gas) is right, the rest is repeatable filler of a plausible size.
 */
import { createHash, hash } from 'node:crypto'
import type { electra } from '@lodestar/types'
import { SLOT_DURATION_MS } from './demo-network.ts'

/** With their sizes about 40 kB of incompressible bytes, some third of a mainnet block's. */
const TRANSACTIONS_PER_BLOCK = 64
const MEAN_TRANSACTION_BYTES = 600
const GAS_LIMIT = 60_000_000
const GAS_PER_TRANSACTION = 210_000
/** GAS_PER_BLOB (EIP-4844). */
const GAS_PER_BLOB = 131_072n

export interface PayloadInput {
  readonly slot: number
  readonly genesisTimeSeconds: number
  readonly parentHash: Uint8Array
  readonly blockNumber: number
  readonly blobCount: number
}

function filler(label: string, lengthBytes: number): Uint8Array {
  return createHash('shake256', { outputLength: lengthBytes }).update(`starling-demo/${label}`).digest()
}

function transaction(slot: number, index: number): Uint8Array {
  const lengthBytes = MEAN_TRANSACTION_BYTES / 2 + ((index * 97 + slot) % MEAN_TRANSACTION_BYTES)
  const bytes = filler(`transaction/${slot}/${index}`, lengthBytes)
  // The envelope type of EIP-1559 transactions, so that nothing mistakes it for a legacy RLP list.
  bytes[0] = 0x02
  return bytes
}

/** The hash that stands in for keccak256(rlp(header)) of the payload of `slot`. */
function blockHash(slot: number, parentHash: Uint8Array): Uint8Array {
  return hash('sha256', Buffer.concat([Buffer.from(`starling-demo/block-hash/${slot}/`), parentHash]), 'buffer')
}

/** The payload of a slot's block; the same input gives the same payload. */
export function buildExecutionPayload(input: PayloadInput): electra.ExecutionPayload {
  const { slot, parentHash } = input
  return {
    parentHash,
    feeRecipient: filler('fee-recipient', 20),
    stateRoot: filler(`execution-state/${slot}`, 32),
    receiptsRoot: filler(`receipts/${slot}`, 32),
    logsBloom: new Uint8Array(256),
    prevRandao: filler(`prev-randao/${slot}`, 32),
    blockNumber: input.blockNumber,
    gasLimit: GAS_LIMIT,
    gasUsed: TRANSACTIONS_PER_BLOCK * GAS_PER_TRANSACTION,
    timestamp: input.genesisTimeSeconds + (slot * SLOT_DURATION_MS) / 1000,
    extraData: Buffer.from('starling-demo'),
    baseFeePerGas: 1_000_000_000n,
    blockHash: blockHash(slot, parentHash),
    transactions: Array.from({ length: TRANSACTIONS_PER_BLOCK }, (_, index) => transaction(slot, index)),
    withdrawals: [],
    blobGasUsed: BigInt(input.blobCount) * GAS_PER_BLOB,
    excessBlobGas: 0n,
  }
}
