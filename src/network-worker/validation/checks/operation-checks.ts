/** Exits, slashings, changes of credentials. Spec: specs/phase0/p2p-interface.md, specs/capella/, specs/deneb/ */
import { hash } from 'node:crypto'
import { isForkAtLeast } from '../../../consensus/network-config.ts'
import { gossipType } from '../../../consensus/ssz-types/gossip-types.ts'
import { type AttesterSlashingView, attesterSlashingViews } from '../views/attester-slashing.ts'
import { BlsToExecutionChangeView, ProposerSlashingView, VoluntaryExitView } from '../views/operations.ts'
import { badProposerIndex } from './proposal-rules.ts'
import { type CheckFactory, checkOf, ignoreIf, type Passed, type Rule, rejectIf } from './rule.ts'
import type { CheckScene } from './scene.ts'
import { badValidatorIndex, beforeDigest, epochOf, VALIDATOR_REGISTRY_LIMIT } from './slot-rules.ts'

/** An operation is of no slot: whom it is about is remembered as long as may be. */
function passOnce(key: number | string, scene: CheckScene): Passed {
  return { action: 'pass', claim: { slot: scene.currentSlot(), per: 'ever', key } }
}

/** [REJECT] The voluntary exit epoch is not in the future: of no state of any branch is the epoch above the clock's. */
const futureExit: Rule<VoluntaryExitView> = rejectIf(
  'future_epoch',
  ({ epoch }, scene) => epoch > epochOf(scene.newestSlot(), scene),
)

/** voluntary_exit: validate_voluntary_exit_gossip. Seen once: the validator index. */
export const voluntaryExitCheck: CheckFactory = () =>
  checkOf<VoluntaryExitView>({
    view: (ssz) => new VoluntaryExitView(ssz),
    rules: [beforeDigest, badValidatorIndex, futureExit],
    pass: ({ validatorIndex }, scene) => passOnce(validatorIndex, scene),
  })

/** [REJECT] The header slots match; the header proposer indices match; the headers are different. */
const unslashableHeaders: Rule<ProposerSlashingView> = rejectIf(
  'not_slashable',
  ({ areHeadersSlashable }) => !areHeadersSlashable,
)

/** proposer_slashing: validate_proposer_slashing_gossip. Seen once: the proposer index. */
export const proposerSlashingCheck: CheckFactory = () =>
  checkOf<ProposerSlashingView>({
    view: (ssz) => new ProposerSlashingView(ssz),
    rules: [beforeDigest, unslashableHeaders, badProposerIndex],
    pass: ({ proposerIndex }, scene) => passOnce(proposerIndex, scene),
  })

/**
 * [REJECT] The indexed attestations have valid properties: indices not empty, sorted, unique
 * (is_valid_indexed_attestation). The specs come to it later; here first, since sorted indices are intersected in one go.
 */
const unsortedIndices: Rule<AttesterSlashingView> = rejectIf(
  'bad_order',
  ({ first, second }) => !first.areIndicesSorted || !second.areIndicesSorted,
)

/** [IGNORE] At least one index in the intersection has not yet been seen, as there is none. */
const nothingInCommon: Rule<AttesterSlashingView> = ignoreIf(
  'already_known',
  ({ commonIndices }) => commonIndices.length === 0,
)

/** [REJECT] The attestation data is slashable (double vote or surround vote). */
const unslashableData: Rule<AttesterSlashingView> = rejectIf('not_slashable', ({ isDataSlashable }) => !isDataSlashable)

/** [REJECT] All validator indices of both attestations are valid; see `badValidatorIndex`. */
const badAttesterIndex: Rule<AttesterSlashingView> = rejectIf(
  'bad_index',
  ({ first, second }) => Math.max(first.lastIndex, second.lastIndex) >= VALIDATOR_REGISTRY_LIMIT,
)

/**
 * attester_slashing: validate_attester_slashing_gossip. The specs let it pass as long as one index that both attestations
 * have is new. Seen once is here the whole set of those, of which a digest stands for the key: what differs in one index
 * passes, so that no slashing is held back by another.
 */
export const attesterSlashingCheck: CheckFactory = (fork, preset) =>
  checkOf<AttesterSlashingView>({
    view: attesterSlashingViews(gossipType('attester_slashing', fork, preset)),
    rules: [beforeDigest, unsortedIndices, nothingInCommon, unslashableData, badAttesterIndex],
    pass: ({ commonIndices }, scene) => passOnce(hash('sha256', commonIndices, 'hex'), scene),
  })

/** [IGNORE] The current epoch is at or after the Capella fork epoch, without allowing for other clocks. */
const beforeCapella: Rule<BlsToExecutionChangeView> = ignoreIf(
  'before_fork',
  (_view, scene) => !isForkAtLeast(scene.forkAt(scene.currentSlot()), 'capella'),
)

/**
 * bls_to_execution_change: validate_bls_to_execution_change_gossip. Seen once: the validator index. The key that signed
 * is in the message, so that the signature can be checked without a state.
 */
export const blsToExecutionChangeCheck: CheckFactory = () =>
  checkOf<BlsToExecutionChangeView>({
    view: (ssz) => new BlsToExecutionChangeView(ssz),
    rules: [beforeDigest, beforeCapella, badValidatorIndex],
    pass: ({ validatorIndex }, scene) => passOnce(validatorIndex, scene),
  })
