/** How operations are signed: changes of credentials, exits, slashings of proposers. */
import { signingRoot } from '../../../consensus/signing.ts'
import {
  proposerSlashing,
  signedBlsToExecutionChange,
  signedVoluntaryExit,
} from '../../../consensus/ssz-types/operations.ts'
import { numberReader, reader, rootReader } from './field-readers.ts'
import type { SignedObject, SignerScene } from './signed-object.ts'

/** The key is in the message. */
export function blsChange({ domains }: SignerScene): SignedObject {
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

export function voluntaryExit({ keys, domains, currentEpoch }: SignerScene): SignedObject {
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
export function slashedProposer({ keys, domains, slotsPerEpoch, currentEpoch }: SignerScene): SignedObject {
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
