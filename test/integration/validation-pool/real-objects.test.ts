import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type altair, type deneb, type electra, type fulu, type phase0, ssz } from '@lodestar/types'
import { type ForkName, isForkAtLeast } from '../../../src/consensus/network-config.ts'
import type { GossipKind, GossipName } from '../../../src/consensus/topic-table.ts'
import type { Verification } from '../../../src/network-worker/validation/verify/verifier.ts'
import { REAL_FORKS, type RealObject, realNetwork, realObject } from '../../support/real-objects.ts'
import { openVerifier } from './verifier-scene.ts'
import { verifyReal } from './verify-real.ts'

/** Whose signers are named in the message. */
function isVerified({ kind, entry }: RealObject): boolean {
  if (kind === 'beacon_attestation') return isForkAtLeast(entry.fork, 'electra')
  return [
    'beacon_block',
    'blob_sidecar',
    'data_column_sidecar',
    'voluntary_exit',
    'proposer_slashing',
    'bls_to_execution_change',
    'beacon_aggregate_and_proof',
    'sync_committee',
    'sync_committee_contribution_and_proof',
  ].includes(kind)
}

interface Forged {
  readonly name: string
  readonly bytes: Uint8Array
  /** The kind's own unless given. */
  readonly on?: GossipName
  readonly kind: GossipKind
  /** What verification says of it. */
  readonly answer: Verification
}

interface SszType<Value> {
  deserialize(bytes: Uint8Array): Value
  serialize(value: Value): Uint8Array
}

/** Makes forged objects of a kind out of the real one, of which verification says `answer`. */
function forger<Value>(fork: ForkName, kind: GossipKind, type: SszType<Value>, answer: Verification = 'invalid') {
  return (name: string, change: (value: Value) => void, on?: GossipName): Forged => {
    const value = type.deserialize(realObject(fork, kind).ssz)
    change(value)
    return { name, kind, answer, bytes: type.serialize(value), ...(on === undefined ? {} : { on }) }
  }
}

function turnFirst(bytes: Uint8Array | undefined): void {
  if (bytes !== undefined) bytes[0] = (bytes[0] ?? 0) ^ 1
}

/** Swaps the first two. */
function swap<T>(list: T[]): void {
  const [first, second] = list
  if (first !== undefined && second !== undefined) list.splice(0, 2, second, first)
}

function forgedBlocks(fork: ForkName): readonly Forged[] {
  const forge = forger<phase0.SignedBeaconBlock>(fork, 'beacon_block', ssz[fork].SignedBeaconBlock)
  return [
    forge('a block after another state', ({ message }) => turnFirst(message.stateRoot)),
    forge('a block with other graffiti', ({ message }) => turnFirst(message.body.graffiti)),
    forge('a block under a signature of zeros', ({ signature }) => signature.fill(0)),
    forge('a block under the signature of its randao', (value) => (value.signature = value.message.body.randaoReveal)),
    forge('a block of another proposer', ({ message }) => (message.proposerIndex ^= 1)),
    forge('a block on another parent', ({ message }) => turnFirst(message.parentRoot)),
  ]
}

function forgedOperations(fork: ForkName): readonly Forged[] {
  const exit = forger<phase0.SignedVoluntaryExit>(fork, 'voluntary_exit', ssz.phase0.SignedVoluntaryExit)
  const slashing = forger<phase0.ProposerSlashing>(fork, 'proposer_slashing', ssz.phase0.ProposerSlashing)
  const both = [
    exit('the exit of another', ({ message }) => message.validatorIndex--),
    slashing('a slashing with one signature twice', ({ signedHeader1, signedHeader2 }) =>
      signedHeader2.signature.set(signedHeader1.signature),
    ),
    slashing('a slashing of another', ({ signedHeader1, signedHeader2 }) => {
      for (const { message } of [signedHeader1, signedHeader2]) message.proposerIndex--
    }),
  ]
  if (!isForkAtLeast(fork, 'capella')) return both
  const type = ssz.capella.SignedBLSToExecutionChange
  const change = forger(fork, 'bls_to_execution_change', type)
  return [
    ...both,
    change('a change to another address', ({ message }) => turnFirst(message.toExecutionAddress)),
    change('a change of another validator', ({ message }) => message.validatorIndex--),
    change('a change from another key', ({ message }) => {
      message.fromBlsPubkey = realNetwork(fork).keys.pubkeyOf(1) ?? message.fromBlsPubkey
    }),
  ]
}

function forgedVotes(fork: ForkName): readonly Forged[] {
  if (!isForkAtLeast(fork, 'electra')) return []
  const forge = forger<electra.SingleAttestation>(fork, 'beacon_attestation', ssz.electra.SingleAttestation)
  return [
    forge('a vote for another head', ({ data }) => turnFirst(data.beaconBlockRoot)),
    forge('the vote of another', (value) => (value.attesterIndex ^= 1)),
    forge('a vote from another source', ({ data }) => turnFirst(data.source.root)),
  ]
}

function forgedAggregates(fork: ForkName): readonly Forged[] {
  const kind = 'beacon_aggregate_and_proof'
  return isForkAtLeast(fork, 'electra')
    ? forgedOfAggregate(forger<electra.SignedAggregateAndProof>(fork, kind, ssz.electra.SignedAggregateAndProof))
    : forgedOfAggregate(forger<phase0.SignedAggregateAndProof>(fork, kind, ssz.phase0.SignedAggregateAndProof))
}

type Change<Value> = (name: string, change: (value: Value) => void) => Forged

function forgedOfAggregate<Value extends phase0.SignedAggregateAndProof>(forge: Change<Value>): readonly Forged[] {
  return [
    forge('an aggregate for another head', ({ message }) => turnFirst(message.aggregate.data.beaconBlockRoot)),
    forge('an aggregate with another signature of its voters', ({ message }) => turnFirst(message.aggregate.signature)),
    forge('the aggregate of another', ({ message }) => (message.aggregatorIndex ^= 1)),
    forge('an aggregate under its selection proof', (value) => (value.signature = value.message.selectionProof)),
    forge('an aggregate with its signature for a selection proof', (value) => {
      value.message.selectionProof = value.signature
    }),
  ]
}

function forgedSyncVotes(fork: ForkName): readonly Forged[] {
  if (!isForkAtLeast(fork, 'altair')) return []
  const message = forger<altair.SyncCommitteeMessage>(fork, 'sync_committee', ssz.altair.SyncCommitteeMessage)
  const kind = 'sync_committee_contribution_and_proof'
  const contribution = forger<altair.SignedContributionAndProof>(fork, kind, ssz.altair.SignedContributionAndProof)
  return [
    message('a sync message for another head', ({ beaconBlockRoot }) => turnFirst(beaconBlockRoot)),
    message('the sync message of another', (value) => (value.validatorIndex ^= 1)),
    contribution('a contribution for another head', (value) => turnFirst(value.message.contribution.beaconBlockRoot)),
    contribution('a contribution with another signature', (value) => turnFirst(value.message.contribution.signature)),
    contribution('the contribution of another', (value) => (value.message.aggregatorIndex ^= 1)),
    contribution('a contribution under its selection proof', (value) => {
      value.signature = value.message.selectionProof
    }),
  ]
}

function forgedSidecars(fork: ForkName): readonly Forged[] {
  if (!isForkAtLeast(fork, 'deneb')) return []
  if (!isForkAtLeast(fork, 'fulu')) {
    const ofBlob = [fork, 'blob_sidecar', ssz.deneb.BlobSidecar] as const
    const forge = forger<deneb.BlobSidecar>(...ofBlob)
    const misprove = forger<deneb.BlobSidecar>(...ofBlob, 'disproven')
    return [
      // The last byte of an element: the first says by its size whether it is one.
      misprove('a blob of which one bit is another', ({ blob }) => (blob[31] = (blob[31] ?? 0) ^ 1)),
      misprove('a blob with the commitment for its proof', (value) => (value.kzgProof = value.kzgCommitment)),
      forge('a blob of a header for another state', ({ signedBlockHeader }) =>
        turnFirst(signedBlockHeader.message.stateRoot),
      ),
      forge('a blob of another proposer', ({ signedBlockHeader }) => (signedBlockHeader.message.proposerIndex ^= 1)),
    ]
  }
  const ofColumn = [fork, 'data_column_sidecar', ssz.fulu.DataColumnSidecar] as const
  const forge = forger<fulu.DataColumnSidecar>(...ofColumn)
  const misprove = forger<fulu.DataColumnSidecar>(...ofColumn, 'disproven')
  return [
    misprove('a column with two cells swapped', ({ column }) => swap(column)),
    misprove('a column with two proofs swapped', ({ kzgProofs }) => swap(kzgProofs)),
    misprove('a column of which one bit is another', ({ column: [cell] }) => {
      if (cell !== undefined) cell[31] = (cell[31] ?? 0) ^ 1
    }),
    misprove('a column in the place of another', (value) => (value.index = 5), 'data_column_sidecar_5'),
    forge('a column of a header for another state', ({ signedBlockHeader }) =>
      turnFirst(signedBlockHeader.message.stateRoot),
    ),
    forge('a column of another proposer', ({ signedBlockHeader }) => (signedBlockHeader.message.proposerIndex ^= 1)),
    forge('a column under a signature of zeros', ({ signedBlockHeader }) => signedBlockHeader.signature.fill(0)),
  ]
}

for (const fork of REAL_FORKS) {
  test(`${fork}: what real validators signed is valid, and what is altered where tier 0 does not see it is not`, async (t) => {
    const { config, keys, objects } = realNetwork(fork)
    const { slot } = realObject(fork, 'beacon_block')
    const { verifier } = openVerifier(t, { network: config, fork, slot, keys })
    const signed = objects.filter(isVerified)
    for (const object of signed) {
      const { name } = object.parsed
      assert.equal(await verifyReal(verifier, object, name, object.ssz), 'valid', name)
    }
    const forgers = [forgedBlocks, forgedOperations, forgedVotes, forgedAggregates, forgedSyncVotes, forgedSidecars]
    for (const { name, kind, bytes, on, answer } of forgers.flatMap((forged) => forged(fork))) {
      const object = realObject(fork, kind)
      assert.equal(await verifyReal(verifier, object, on ?? object.parsed.name, bytes), answer, name)
    }
    for (const object of signed) {
      const { name } = object.parsed
      assert.equal(await verifyReal(verifier, object, name, object.ssz), 'valid', `${name}, after all that was forged`)
    }
  })
}
