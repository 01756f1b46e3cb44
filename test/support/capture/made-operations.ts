/**
 * Operations that no validator of a healthy network sends by itself, made with the keys of the interop convention and
 * handed to a beacon node, which takes them only if they are valid by its state, and then gossips them.
 */
import { ssz } from '@lodestar/types'
import type { ForkName, NetworkConfig } from '../../../src/consensus/network-config.ts'
import { isForkAtLeast } from '../../../src/consensus/network-config.ts'
import { SigningDomains, signingRoot } from '../../../src/consensus/signing.ts'
import { interopSecretKey } from '../../../src/demo/keys.ts'

/** What is posted to one endpoint of the Beacon API. */
export interface OperationRequest {
  readonly path: string
  readonly body: unknown
}

const POOL = '/eth/v1/beacon/pool'
/** Told the fork by a header, since the type changed with Electra. */
const POOL_V2 = '/eth/v2/beacon/pool'
/** Among the last of 64 validators, one for each operation, so that none stands in another's way. */
const VALIDATORS = { exits: 60, changes: 61, proposes: 62, attests: 63 } as const
const ADDRESS = new Uint8Array(20).fill(0x11)

/** All kinds of operations that `fork` has, about epoch 0 of a network in that fork from the start. */
export function makeOperations(network: NetworkConfig, fork: ForkName): readonly OperationRequest[] {
  const domains = new SigningDomains(network)
  return [
    { path: `${POOL}/voluntary_exits`, body: ssz.phase0.SignedVoluntaryExit.toJson(exit(domains)) },
    ...(isForkAtLeast(fork, 'capella')
      ? [
          {
            path: `${POOL}/bls_to_execution_changes`,
            body: [ssz.capella.SignedBLSToExecutionChange.toJson(blsChange(domains))],
          },
        ]
      : []),
    { path: `${POOL}/proposer_slashings`, body: ssz.phase0.ProposerSlashing.toJson(proposerSlashing(domains)) },
    {
      path: `${POOL_V2}/attester_slashings`,
      body: ssz.phase0.AttesterSlashing.toJson(attesterSlashing(domains)),
    },
  ]
}

function sign(validatorIndex: number, root: Uint8Array, domain: Uint8Array): Uint8Array {
  return interopSecretKey(validatorIndex).sign(signingRoot(root, domain)).toBytes()
}

function exit(domains: SigningDomains) {
  const message = { epoch: 0, validatorIndex: VALIDATORS.exits }
  const root = ssz.phase0.VoluntaryExit.hashTreeRoot(message)
  return { message, signature: sign(message.validatorIndex, root, domains.ofExit(0, 0)) }
}

function blsChange(domains: SigningDomains) {
  const validatorIndex = VALIDATORS.changes
  const fromBlsPubkey = interopSecretKey(validatorIndex).toPublicKey().toBytes()
  const message = { validatorIndex, fromBlsPubkey, toExecutionAddress: ADDRESS }
  const root = ssz.capella.BLSToExecutionChange.hashTreeRoot(message)
  return { message, signature: sign(validatorIndex, root, domains.ofBlsChange()) }
}

/** Two blocks of slot 1. */
function proposerSlashing(domains: SigningDomains) {
  const header = (byte: number) => {
    const message = ssz.phase0.BeaconBlockHeaderBigint.defaultValue()
    Object.assign(message, { slot: 1n, proposerIndex: VALIDATORS.proposes, bodyRoot: new Uint8Array(32).fill(byte) })
    const root = ssz.phase0.BeaconBlockHeaderBigint.hashTreeRoot(message)
    return { message, signature: sign(VALIDATORS.proposes, root, domains.at('beaconProposer', 0)) }
  }
  return { signedHeader1: header(1), signedHeader2: header(2) }
}

/** Two votes for epoch 0. */
function attesterSlashing(domains: SigningDomains) {
  const vote = (byte: number) => {
    const value = ssz.phase0.IndexedAttestationBigint.defaultValue()
    value.attestingIndices = [VALIDATORS.attests]
    value.data.beaconBlockRoot = new Uint8Array(32).fill(byte)
    const root = ssz.phase0.AttestationDataBigint.hashTreeRoot(value.data)
    value.signature = sign(VALIDATORS.attests, root, domains.at('beaconAttester', 0))
    return value
  }
  return { attestation1: vote(1), attestation2: vote(2) }
}
