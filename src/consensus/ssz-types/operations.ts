/** Operations whose containers are the same in every fork and preset. Spec: specs/<fork>/beacon-chain.md */
import { container, uint64 } from '../ssz/ssz-layout-type.ts'
import { branch, executionAddress, pubkey, root, signature, signed, signedBeaconBlockHeader } from './basic.ts'

/** DEPOSIT_CONTRACT_TREE_DEPTH, specs/phase0/beacon-chain.md */
const DEPOSIT_CONTRACT_TREE_DEPTH = 32

export const proposerSlashing = container('ProposerSlashing', {
  signedHeader1: signedBeaconBlockHeader,
  signedHeader2: signedBeaconBlockHeader,
})

export const signedVoluntaryExit = signed(
  'SignedVoluntaryExit',
  container('VoluntaryExit', { epoch: uint64, validatorIndex: uint64 }),
)

export const signedBlsToExecutionChange = signed(
  'SignedBLSToExecutionChange',
  container('BLSToExecutionChange', {
    validatorIndex: uint64,
    fromBlsPubkey: pubkey,
    toExecutionAddress: executionAddress,
  }),
)

/** One level above the tree of deposits mixes in their number. */
export const deposit = container('Deposit', {
  proof: branch(DEPOSIT_CONTRACT_TREE_DEPTH + 1),
  data: container('DepositData', { pubkey, withdrawalCredentials: root, amount: uint64, signature }),
})
