/** Which signatures a message carries, and whose they are, for those whose signers are named. */
import { type ForkName, isForkAtLeast } from '../../../consensus/network-config.ts'
import type { GossipKind } from '../../../consensus/topic-table.ts'
import type { SignedObject, SignerScene } from './signed-object.ts'
import { blsChange, slashedProposer, voluntaryExit } from './signed-operations.ts'
import { aggregate, contribution, payloadAttestation, singleAttestation, syncMessage } from './signed-votes.ts'

export type SignedObjects = ReadonlyMap<GossipKind, SignedObject>

/** A row for each kind whose messages say who signed them. Slashings of attesters may have 100,000 signers: not these. */
export function signedObjects(scene: SignerScene): SignedObjects {
  return new Map([
    ['bls_to_execution_change', blsChange(scene)],
    ['voluntary_exit', voluntaryExit(scene)],
    ['proposer_slashing', slashedProposer(scene)],
    ['beacon_attestation', singleAttestation(scene)],
    ['beacon_aggregate_and_proof', aggregate(scene)],
    ['sync_committee', syncMessage(scene)],
    ['sync_committee_contribution_and_proof', contribution(scene)],
    ['payload_attestation_message', payloadAttestation(scene)],
  ])
}

/** How messages of a kind are signed; undefined for those that do not say by whom. */
export function signedObject(objects: SignedObjects, kind: GossipKind, fork: ForkName): SignedObject | undefined {
  const object = objects.get(kind)
  const isNamed = object?.namedFrom === undefined || isForkAtLeast(fork, object.namedFrom)
  return isNamed ? object : undefined
}
