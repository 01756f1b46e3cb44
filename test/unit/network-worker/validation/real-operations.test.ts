import { type capella, type phase0, ssz } from '@lodestar/types'
import { REAL_FORKS } from '../../../support/real-objects.ts'
import { SLOTS_PER_EPOCH } from './judge-scene.ts'
import { holdRealCases, type RealCase } from './real-objects-scene.ts'

const EITHER_WAY: readonly RealCase<unknown>[] = [
  { name: 'as it came', verdict: 'accept' },
  { name: 'long after', at: () => [1000 * SLOTS_PER_EPOCH, 0], verdict: 'accept' },
  { name: 'the first byte missing', damage: (bytes) => bytes.subarray(1), verdict: 'reject bad_layout' },
]

for (const fork of REAL_FORKS) {
  holdRealCases<phase0.SignedVoluntaryExit>({ fork, kind: 'voluntary_exit', type: ssz.phase0.SignedVoluntaryExit }, [
    ...EITHER_WAY,
    { name: 'of the next epoch', change: ({ message }) => message.epoch++, verdict: 'reject future_epoch' },
    {
      name: 'of the next epoch, once that may be there',
      change: ({ message }) => message.epoch++,
      at: () => [SLOTS_PER_EPOCH, -500],
      verdict: 'accept',
    },
    {
      name: 'of validator 2^40',
      change: ({ message }) => (message.validatorIndex = 2 ** 40),
      verdict: 'reject bad_index',
    },
  ])

  holdRealCases<phase0.ProposerSlashing>({ fork, kind: 'proposer_slashing', type: ssz.phase0.ProposerSlashing }, [
    ...EITHER_WAY,
    {
      name: 'one header twice',
      change: (value) => (value.signedHeader2 = value.signedHeader1),
      verdict: 'reject not_slashable',
    },
    {
      name: 'headers of two slots',
      change: ({ signedHeader1 }) => signedHeader1.message.slot++,
      verdict: 'reject not_slashable',
    },
    {
      name: 'headers of two proposers',
      change: ({ signedHeader1 }) => signedHeader1.message.proposerIndex++,
      verdict: 'reject not_slashable',
    },
    {
      name: 'of proposer 2^40',
      change: ({ signedHeader1, signedHeader2 }) => {
        for (const { message } of [signedHeader1, signedHeader2]) message.proposerIndex = 2 ** 40
      },
      verdict: 'reject bad_index',
    },
  ])

  // The types differ in a limit only, which shows in no value of this length.
  holdRealCases<phase0.AttesterSlashing>({ fork, kind: 'attester_slashing', type: ssz[fork].AttesterSlashing }, [
    ...EITHER_WAY,
    {
      name: 'one vote twice',
      change: (value) => (value.attestation2.data = value.attestation1.data),
      verdict: 'reject not_slashable',
    },
    {
      name: 'votes of two epochs, none around the other',
      change: ({ attestation2 }) => attestation2.data.target.epoch++,
      verdict: 'reject not_slashable',
    },
    {
      name: 'a vote of nobody',
      change: ({ attestation1 }) => (attestation1.attestingIndices = []),
      verdict: 'reject bad_order',
    },
    {
      name: 'the same attester twice',
      change: ({ attestation1 }) => attestation1.attestingIndices.push(...attestation1.attestingIndices),
      verdict: 'reject bad_order',
    },
    {
      name: 'nobody who voted twice',
      change: ({ attestation1 }) => (attestation1.attestingIndices = [1]),
      verdict: 'ignore already_known',
    },
  ])
}

for (const fork of ['capella', 'deneb', 'electra', 'fulu'] as const) {
  const changes = { fork, kind: 'bls_to_execution_change', type: ssz.capella.SignedBLSToExecutionChange } as const
  holdRealCases<capella.SignedBLSToExecutionChange>(changes, [
    ...EITHER_WAY,
    {
      name: 'of validator 2^40',
      change: ({ message }) => (message.validatorIndex = 2 ** 40),
      verdict: 'reject bad_index',
    },
    {
      name: 'to another address, which the signature is of',
      change: ({ message }) => (message.toExecutionAddress = new Uint8Array(20)),
      verdict: 'accept',
    },
  ])
}
