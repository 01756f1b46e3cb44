/** Which signatures a message carries, and whose they are, for those of a fixed length whose signers are named. */
import { fixedContainerRoot } from '../../../consensus/fixed-root.ts'
import { type ForkName, isForkAtLeast, type PresetName } from '../../../consensus/network-config.ts'
import { type SigningDomains, signingRoot } from '../../../consensus/signing.ts'
import { fieldRange } from '../../../consensus/ssz-layout-fields.ts'
import type { ContainerType } from '../../../consensus/ssz-layout-type.ts'
import { readUint64 } from '../../../consensus/ssz-read.ts'
import { gossipType } from '../../../consensus/ssz-types/gossip-types.ts'
import {
  proposerSlashing,
  signedBlsToExecutionChange,
  signedVoluntaryExit,
} from '../../../consensus/ssz-types/operations.ts'
import type { GossipKind } from '../../../consensus/topic-table.ts'
import type { SignatureBytes } from '../../../validation-pool/signature-sets.ts'
import type { KeySource } from './key-source.ts'

export interface SignerScene {
  readonly keys: KeySource
  readonly domains: SigningDomains
  readonly preset: PresetName
  readonly slotsPerEpoch: number
  /** By our clock. */
  readonly currentEpoch: () => number
}

/** How messages of one kind are signed. */
export interface SignedObject {
  /** True when the key is in the message, so that a bad one is the message's fault and not that of who told us keys. */
  readonly carriesKey: boolean
  /** The signer's key; undefined while it is not known. */
  keyOf(ssz: Uint8Array, fork: ForkName): Uint8Array | undefined
  /** What must all be valid. Made of copies: the message may change. */
  setsOf(ssz: Uint8Array, pubkey: Uint8Array): readonly SignatureBytes[]
}

/** Copies a field out of an object. The type is known to have it, or this throws at start-up. */
function reader(type: ContainerType, path: string): (ssz: Uint8Array) => Uint8Array {
  const range = fieldRange(type, path)
  return (ssz) => Uint8Array.prototype.slice.call(ssz, range.start(ssz), range.end(ssz))
}

/** As `reader`, with the field's hash_tree_root. */
function rootReader(type: ContainerType, path: string): (ssz: Uint8Array) => Uint8Array {
  const field = fieldRange(type, path).type
  if (field.kind !== 'container') throw new Error(`${type.name}.${path} is no container`)
  const read = reader(type, path)
  return (ssz) => fixedContainerRoot(field, read(ssz))
}

function numberReader(type: ContainerType, path: string): (ssz: Uint8Array) => number {
  const read = reader(type, path)
  return (ssz) => readUint64(read(ssz), 0)
}

/** The key is in the message. */
function blsChange({ domains }: SignerScene): SignedObject {
  const pubkeyOf = reader(signedBlsToExecutionChange, 'message.fromBlsPubkey')
  const root = rootReader(signedBlsToExecutionChange, 'message')
  const signature = reader(signedBlsToExecutionChange, 'signature')
  return {
    carriesKey: true,
    keyOf: (ssz) => pubkeyOf(ssz),
    setsOf: (ssz, pubkey) => [
      { pubkey, signingRoot: signingRoot(root(ssz), domains.ofBlsChange()), signature: signature(ssz) },
    ],
  }
}

function voluntaryExit({ keys, domains, currentEpoch }: SignerScene): SignedObject {
  const index = numberReader(signedVoluntaryExit, 'message.validatorIndex')
  const epoch = numberReader(signedVoluntaryExit, 'message.epoch')
  const root = rootReader(signedVoluntaryExit, 'message')
  const signature = reader(signedVoluntaryExit, 'signature')
  return {
    carriesKey: false,
    keyOf: (ssz) => keys.pubkeyOf(index(ssz)),
    setsOf: (ssz, pubkey) => {
      const domain = domains.ofExit(epoch(ssz), currentEpoch())
      return [{ pubkey, signingRoot: signingRoot(root(ssz), domain), signature: signature(ssz) }]
    },
  }
}

/** Two headers of one proposer. */
function slashedProposer({ keys, domains, slotsPerEpoch, currentEpoch }: SignerScene): SignedObject {
  const index = numberReader(proposerSlashing, 'signedHeader1.message.proposerIndex')
  const headers = ['signedHeader1', 'signedHeader2'].map((header) => ({
    root: rootReader(proposerSlashing, `${header}.message`),
    signature: reader(proposerSlashing, `${header}.signature`),
    slot: numberReader(proposerSlashing, `${header}.message.slot`),
  }))
  return {
    carriesKey: false,
    keyOf: (ssz) => keys.pubkeyOf(index(ssz)),
    setsOf: (ssz, pubkey) =>
      headers.map(({ root, signature, slot }) => {
        const domain = domains.at('beaconProposer', Math.floor(slot(ssz) / slotsPerEpoch), currentEpoch())
        return { pubkey, signingRoot: signingRoot(root(ssz), domain), signature: signature(ssz) }
      }),
  }
}

/** From Electra on the attester is named. Whether it is of that committee takes a state. */
function singleAttestation({ keys, domains, preset }: SignerScene): SignedObject {
  const type = gossipType('beacon_attestation', 'electra', preset)
  const index = numberReader(type, 'attesterIndex')
  const epoch = numberReader(type, 'data.target.epoch')
  const root = rootReader(type, 'data')
  const signature = reader(type, 'signature')
  return {
    carriesKey: false,
    keyOf: (ssz, fork) => (isForkAtLeast(fork, 'electra') ? keys.pubkeyOf(index(ssz)) : undefined),
    setsOf: (ssz, pubkey) => {
      const domain = domains.at('beaconAttester', epoch(ssz))
      return [{ pubkey, signingRoot: signingRoot(root(ssz), domain), signature: signature(ssz) }]
    },
  }
}

/** A row for each kind whose messages say who signed them. Slashings of attesters may have 100,000 signers: not these. */
export function signedObjects(scene: SignerScene): ReadonlyMap<GossipKind, SignedObject> {
  return new Map([
    ['bls_to_execution_change', blsChange(scene)],
    ['voluntary_exit', voluntaryExit(scene)],
    ['proposer_slashing', slashedProposer(scene)],
    ['beacon_attestation', singleAttestation(scene)],
  ])
}
