/** How votes and what aggregates them are signed, by validators that the messages name. */
import { aggregateRoots, attestationDataRoot } from '../../../consensus/aggregate-root.ts'
import type { ForkName, PresetName } from '../../../consensus/network-config.ts'
import { type DomainName, signingRoot } from '../../../consensus/signing.ts'
import { bytesRoot, pairRoot } from '../../../consensus/ssz/fixed-root.ts'
import { gossipType } from '../../../consensus/ssz-types/gossip-types.ts'
import { payloadAttestationMessage } from '../../../consensus/ssz-types/payload-separation.ts'
import { syncCommitteeMessage } from '../../../consensus/ssz-types/sync-committee.ts'
import type { SignatureBytes } from '../../../validation-pool/signature-sets.ts'
import { numberReader, reader, rootReader } from './field-readers.ts'
import { RecentRoots } from './recent-roots.ts'
import type { SignedObject, SignerScene } from './signed-object.ts'

type Read = (ssz: Uint8Array) => Uint8Array

/** One signature: of what, in which domain of the message's epoch, and where it is. */
interface Part {
  readonly domain: DomainName
  readonly root: Read
  readonly signature: Read
}

/** Validators sign in the domain of the epoch of the slot that the message is of. */
function signedIn(
  { domains, slotsPerEpoch }: SignerScene,
  slot: (ssz: Uint8Array) => number,
  parts: readonly Part[],
): (ssz: Uint8Array, pubkey: Uint8Array) => readonly SignatureBytes[] {
  return (ssz, pubkey) => {
    const epoch = Math.floor(slot(ssz) / slotsPerEpoch)
    return parts.map(({ domain, root, signature }) => {
      return { pubkey, signingRoot: signingRoot(root(ssz), domains.at(domain, epoch)), signature: signature(ssz) }
    })
  }
}

/** From Electra on the attester is named. Whether it is of that committee takes a state. */
export function singleAttestation(scene: SignerScene): SignedObject {
  const { keys, preset } = scene
  const type = gossipType('beacon_attestation', 'electra', preset)
  const index = numberReader(type, 'attesterIndex')
  const data = reader(type, 'data')
  const roots = new RecentRoots(attestationDataRoot)
  return {
    carriesKey: false,
    namedFrom: 'electra',
    keyOf: (ssz) => keys.pubkeyOf(index(ssz)),
    // Tier 0 has seen to it that the epoch of the slot is that of the target, which the spec goes by.
    setsOf: signedIn(scene, numberReader(type, 'data.slot'), [
      { domain: 'beaconAttester', root: (ssz) => roots.of(data(ssz)), signature: reader(type, 'signature') },
    ]),
  }
}

/**
 * Both of the aggregator's signatures: that it was chosen, and that it made this aggregate. Of the aggregate's own, many
 * validators', nothing is said, since who they are takes the committees.
 */
export function aggregate(scene: SignerScene): SignedObject {
  const { keys, preset } = scene
  const index = numberReader(gossipType('beacon_aggregate_and_proof', 'electra', preset), 'message.aggregatorIndex')
  const roots = new RecentRoots(attestationDataRoot)
  /** Bounded by the forks there are. */
  const byFork = new Map<ForkName, ReturnType<typeof signedIn>>()
  const setsIn = (fork: ForkName): ReturnType<typeof signedIn> => {
    const known = byFork.get(fork)
    if (known !== undefined) return known
    const made = aggregateSets(scene, fork, preset, roots)
    byFork.set(fork, made)
    return made
  }
  return {
    carriesKey: false,
    keyOf: (ssz) => keys.pubkeyOf(index(ssz)),
    setsOf: (ssz, pubkey, fork) => setsIn(fork)(ssz, pubkey),
  }
}

function aggregateSets(scene: SignerScene, fork: ForkName, preset: PresetName, roots: RecentRoots) {
  const type = gossipType('beacon_aggregate_and_proof', fork, preset)
  const slot = 'message.aggregate.data.slot'
  const slotBytes = reader(type, slot)
  return signedIn(scene, numberReader(type, slot), [
    {
      domain: 'selectionProof',
      root: (ssz) => bytesRoot(slotBytes(ssz)),
      signature: reader(type, 'message.selectionProof'),
    },
    {
      domain: 'aggregateAndProof',
      root: aggregateRoots(fork, preset, (data) => roots.of(data)),
      signature: reader(type, 'signature'),
    },
  ])
}

/** Only the root of the block is signed, and neither the slot, but for its fork, nor the subnet. */
export function syncMessage(scene: SignerScene): SignedObject {
  const index = numberReader(syncCommitteeMessage, 'validatorIndex')
  return {
    carriesKey: false,
    keyOf: (ssz) => scene.keys.pubkeyOf(index(ssz)),
    setsOf: signedIn(scene, numberReader(syncCommitteeMessage, 'slot'), [
      {
        domain: 'syncCommittee',
        root: reader(syncCommitteeMessage, 'beaconBlockRoot'),
        signature: reader(syncCommitteeMessage, 'signature'),
      },
    ]),
  }
}

/** As with aggregates, both of the aggregator's. */
export function contribution(scene: SignerScene): SignedObject {
  const type = gossipType('sync_committee_contribution_and_proof', 'altair', scene.preset)
  const index = numberReader(type, 'message.aggregatorIndex')
  const slot = reader(type, 'message.contribution.slot')
  const subcommittee = reader(type, 'message.contribution.subcommitteeIndex')
  return {
    carriesKey: false,
    keyOf: (ssz) => scene.keys.pubkeyOf(index(ssz)),
    setsOf: signedIn(scene, numberReader(type, 'message.contribution.slot'), [
      {
        domain: 'syncCommitteeSelectionProof',
        // SyncAggregatorSelectionData (specs/altair/validator.md): the slot and the number of the subcommittee.
        root: (ssz) => pairRoot(bytesRoot(slot(ssz)), bytesRoot(subcommittee(ssz))),
        signature: reader(type, 'message.selectionProof'),
      },
      { domain: 'contributionAndProof', root: rootReader(type, 'message'), signature: reader(type, 'signature') },
    ]),
  }
}

export function payloadAttestation(scene: SignerScene): SignedObject {
  const index = numberReader(payloadAttestationMessage, 'validatorIndex')
  return {
    carriesKey: false,
    keyOf: (ssz) => scene.keys.pubkeyOf(index(ssz)),
    setsOf: signedIn(scene, numberReader(payloadAttestationMessage, 'data.slot'), [
      {
        domain: 'ptcAttester',
        root: rootReader(payloadAttestationMessage, 'data'),
        signature: reader(payloadAttestationMessage, 'signature'),
      },
    ]),
  }
}
