import { setting } from './setting-meta.ts'
import { httpUrl, switchText } from './value-types.ts'

/** Settings of the beacon node that may help. */
export const beaconNodeSettings = {
  beaconNode: setting(httpUrl.optional(), {
    group: 'Beacon node',
    placeholder: 'URL',
    defaultText: 'none',
    description:
      'Beacon node API of a node of yours, for finality, the head and who proposes: peers are told the truth and blocks are checked against their proposer. The relay runs without it too.',
  }),
  validatorRegistry: setting(switchText.default(false), {
    group: 'Beacon node',
    kind: 'switch',
    description:
      "Fetch the keys of all validators from the beacon node, once: on mainnet some 140 MB, kept in the data directory and in memory at 48 bytes a validator. A network directory's genesis.ssz gives those of its validators without it.",
  }),
}
