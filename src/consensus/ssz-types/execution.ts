/**
 * Execution payloads, their headers and requests. Spec: specs/bellatrix/beacon-chain.md#containers, and those of the
 * forks after it
 */
import { isForkAtLeast } from '../network-config.ts'
import { MAX_EXTRA_DATA_BYTES } from '../ssz/ssz-bounds.ts'
import {
  byteList,
  bytes,
  type ContainerType,
  container,
  list,
  type SszType,
  UNLIMITED,
  uint64,
} from '../ssz/ssz-layout-type.ts'
import { executionAddress, pubkey, root, signature, uint256 } from './basic.ts'
import { type Edition, fieldsIn } from './edition.ts'

/** presets/<preset>/bellatrix.yaml; both presets have the same. */
const MAX_BYTES_PER_TRANSACTION = 2 ** 30
const MAX_TRANSACTIONS_PER_PAYLOAD = 2 ** 20
const BYTES_PER_LOGS_BLOOM = 256
/** presets/<preset>/electra.yaml; both presets have the same. */
const MAX_DEPOSIT_REQUESTS_PER_PAYLOAD = 8192
const MAX_WITHDRAWAL_REQUESTS_PER_PAYLOAD = 16
const MAX_CONSOLIDATION_REQUESTS_PER_PAYLOAD = 2
/** presets/<preset>/gloas.yaml; both presets have the same. */
const MAX_BUILDER_DEPOSIT_REQUESTS_PER_PAYLOAD = 64
const MAX_BUILDER_EXIT_REQUESTS_PER_PAYLOAD = 16

/** The fields that payload and header have in common, in front of the transactions. */
const blockFields: Readonly<Record<string, SszType>> = {
  parentHash: root,
  feeRecipient: executionAddress,
  stateRoot: root,
  receiptsRoot: root,
  logsBloom: bytes(BYTES_PER_LOGS_BLOOM),
  prevRandao: root,
  blockNumber: uint64,
  gasLimit: uint64,
  gasUsed: uint64,
  timestamp: uint64,
  extraData: byteList(MAX_EXTRA_DATA_BYTES),
  baseFeePerGas: uint256,
  blockHash: root,
}

const blobGasFields = { blobGasUsed: uint64, excessBlobGas: uint64 }

const withdrawal = container('Withdrawal', {
  index: uint64,
  validatorIndex: uint64,
  address: executionAddress,
  amount: uint64,
})

/** The limits stay for Gloas, whose types have none: a message has no room for so many transactions, or one so long. */
const transactions = list(byteList(MAX_BYTES_PER_TRANSACTION), MAX_TRANSACTIONS_PER_PAYLOAD)

export function executionPayloadType(edition: Edition): ContainerType {
  const withdrawals = list(withdrawal, edition.maxWithdrawalsPerPayload)
  return container('ExecutionPayload', {
    ...blockFields,
    transactions,
    ...fieldsIn(edition, { from: 'capella' }, { withdrawals }),
    ...fieldsIn(edition, { from: 'deneb' }, blobGasFields),
    ...fieldsIn(edition, { from: 'gloas' }, { blockAccessList: byteList(UNLIMITED), slotNumber: uint64 }),
  })
}

/** Up to Fulu: Gloas has no header any more. */
export function executionPayloadHeaderType(edition: Edition): ContainerType {
  return container('ExecutionPayloadHeader', {
    ...blockFields,
    transactionsRoot: root,
    ...fieldsIn(edition, { from: 'capella' }, { withdrawalsRoot: root }),
    ...fieldsIn(edition, { from: 'deneb' }, blobGasFields),
  })
}

const depositRequest = container('DepositRequest', {
  pubkey,
  withdrawalCredentials: root,
  amount: uint64,
  signature,
  index: uint64,
})

const withdrawalRequest = container('WithdrawalRequest', {
  sourceAddress: executionAddress,
  validatorPubkey: pubkey,
  amount: uint64,
})

const consolidationRequest = container('ConsolidationRequest', {
  sourceAddress: executionAddress,
  sourcePubkey: pubkey,
  targetPubkey: pubkey,
})

const builderDepositRequest = container('BuilderDepositRequest', {
  pubkey,
  withdrawalCredentials: root,
  amount: uint64,
  signature,
})

const builderExitRequest = container('BuilderExitRequest', { sourceAddress: executionAddress, pubkey })

/** From Electra on (EIP-7685). Gloas leaves deposits without a limit, in the type and in the gossip rules. */
export function executionRequestsType(edition: Edition): ContainerType {
  const maxDeposits = isForkAtLeast(edition.fork, 'gloas') ? UNLIMITED : MAX_DEPOSIT_REQUESTS_PER_PAYLOAD
  const builderFields = {
    builderDeposits: list(builderDepositRequest, MAX_BUILDER_DEPOSIT_REQUESTS_PER_PAYLOAD),
    builderExits: list(builderExitRequest, MAX_BUILDER_EXIT_REQUESTS_PER_PAYLOAD),
  }
  return container('ExecutionRequests', {
    deposits: list(depositRequest, maxDeposits),
    withdrawals: list(withdrawalRequest, MAX_WITHDRAWAL_REQUESTS_PER_PAYLOAD),
    consolidations: list(consolidationRequest, MAX_CONSOLIDATION_REQUESTS_PER_PAYLOAD),
    ...fieldsIn(edition, { from: 'gloas' }, builderFields),
  })
}
