/** What is to be known of a kind of message so that its signatures can be verified. */
import type { ForkName, PresetName } from '../../../consensus/network-config.ts'
import type { SigningDomains } from '../../../consensus/signing.ts'
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
  keyOf(ssz: Uint8Array): Uint8Array | undefined
  /** What must all be valid. Made of copies: the message may change. */
  setsOf(ssz: Uint8Array, pubkey: Uint8Array, fork: ForkName): readonly SignatureBytes[]
  /** The first fork in which messages say who signed them, when that is not the first of all. */
  readonly namedFrom?: ForkName
}
