/**
 * The root of a block from its bytes, in slices. Hashing 120 kB takes some 12 ms, nearly all of it for transactions; on
 * a thread that forwards messages no turn may last so long. A block whose payload is replaced by its header has the
 * same root (specs/../ssz/simple-serialize.md, "Merkleization": a container is the tree of its fields' roots), so the
 * transactions are hashed one after the other, with pauses, and the rest at the end.
 */
import { ListCompositeType } from '@chainsafe/ssz'
import { MAX_TRANSACTIONS_PER_PAYLOAD } from '@lodestar/params'
import { type fulu, ssz } from '@lodestar/types'
import type { ForkName } from '../../consensus/network-config.ts'

/** Offset of the message in a SignedBeaconBlock: 4 bytes of offset and the signature. */
const MESSAGE_OFFSET = 100
/** Hashed in one slice, about 1 ms; a transaction is never divided. */
const SLICE_BYTES = 16 * 1024
/** What a transaction costs beside its length: the levels of its tree that are empty, as bytes. */
const TRANSACTION_BYTES = 1024

/** The roots of transactions in place of the transactions: lists of the same limit. */
const TransactionRoots = new ListCompositeType(ssz.Root, MAX_TRANSACTIONS_PER_PAYLOAD)

/** Forks whose blocks carry an execution payload. Blocks of others are short: they have nothing to divide. */
const BLINDED = {
  bellatrix: ssz.bellatrix.BlindedBeaconBlock,
  capella: ssz.capella.BlindedBeaconBlock,
  deneb: ssz.deneb.BlindedBeaconBlock,
  electra: ssz.electra.BlindedBeaconBlock,
  fulu: ssz.fulu.BlindedBeaconBlock,
} as const

/** What the forks with a payload have in common; those without withdrawals ignore their root. */
type PayloadBlock = fulu.BeaconBlock

/** Yields between slices; the result is undefined for bytes that are no such block. */
export type BlockRootSlices = Generator<undefined, string | undefined>

/** hash_tree_root of the block in a SignedBeaconBlock of the mainnet preset, as `0x` and 64 hex digits. Never throws. */
export function* blockRoot(fork: ForkName, signedBlock: Uint8Array): BlockRootSlices {
  const block = deserialized(fork, signedBlock)
  if (block === undefined) return undefined
  const type = fork in BLINDED ? BLINDED[fork as keyof typeof BLINDED] : undefined
  if (type === undefined) return hex(ssz[fork].BeaconBlock.hashTreeRoot(block as never))
  const { executionPayload: payload, ...body } = block.body
  const executionPayloadHeader = {
    ...payload,
    transactionsRoot: yield* transactionsRoot(payload.transactions),
    withdrawalsRoot: ssz.capella.Withdrawals.hashTreeRoot(payload.withdrawals ?? []),
  }
  return hex(type.hashTreeRoot({ ...block, body: { ...body, executionPayloadHeader } } as never))
}

function deserialized(fork: ForkName, signedBlock: Uint8Array): PayloadBlock | undefined {
  try {
    return ssz[fork].BeaconBlock.deserialize(signedBlock.subarray(MESSAGE_OFFSET)) as PayloadBlock
  } catch {
    return undefined // validation without state lets such bytes pass
  }
}

function* transactionsRoot(transactions: readonly Uint8Array[]): Generator<undefined, Uint8Array> {
  const roots: Uint8Array[] = []
  let sliceBytes = 0
  for (const transaction of transactions) {
    if (sliceBytes >= SLICE_BYTES) {
      yield
      sliceBytes = 0
    }
    roots.push(ssz.bellatrix.Transaction.hashTreeRoot(transaction))
    sliceBytes += transaction.length + TRANSACTION_BYTES
  }
  yield
  return TransactionRoots.hashTreeRoot(roots)
}

function hex(root: Uint8Array): string {
  return `0x${Buffer.from(root).toString('hex')}`
}
