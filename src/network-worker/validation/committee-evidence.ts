import type { Check, CheckResult } from './checks/rule.ts'
import type { CheckScene } from './checks/scene.ts'

/** Votes that must have fitted before one that does not is held against its sender. */
const MIN_FITTING = 64
/** For each that does not fit so many must have. A wrong number fits one vote in as many as there are subnets, or less. */
const FITTING_TO_UNFIT = 8
/** Both counts are halved when they reach this together: some slots' votes on a few subnets. */
const WINDOW = 1024

/**
 * Whether votes bear out how many committees a slot is supposed to have. The number follows from a setting that was made
 * for scores, or from a list that grows old: were it wrong, every honest vote would be on a wrong subnet. Nobody has
 * verified these votes, so that a forger can make us doubt a right number; he then gets what he had without any.
 */
export class CommitteeEvidence {
  #committees = 0
  #fitting = 0
  #unfit = 0

  /** Counts a vote that does or does not fit so many committees; another number is counted anew. */
  note(committees: number, fits: boolean): void {
    if (committees !== this.#committees) {
      this.#committees = committees
      this.#fitting = 0
      this.#unfit = 0
    }
    if (fits) this.#fitting++
    else this.#unfit++
    if (this.#fitting + this.#unfit < WINDOW) return
    this.#fitting /= 2
    this.#unfit /= 2
  }

  bearsOut(committees: number): boolean {
    if (committees !== this.#committees || this.#fitting < MIN_FITTING) return false
    return this.#unfit * FITTING_TO_UNFIT <= this.#fitting
  }
}

/**
 * A check in a scene. Where its rules go by the number of committees, they do so only as long as votes bear it out.
 */
export function checkByEvidence(
  check: Check,
  scene: CheckScene,
  evidence: CommitteeEvidence,
): (ssz: Uint8Array) => CheckResult {
  // Only votes on subnets say where the committees lie.
  const isWitness = scene.kind === 'beacon_attestation'
  if (!isWitness && scene.kind !== 'beacon_aggregate_and_proof') return (ssz) => check(ssz, scene)
  const withoutNumber: CheckScene = { ...scene, committeesPerSlot: () => undefined }
  return (ssz) => {
    const result = check(ssz, scene)
    const committees = scene.committeesPerSlot()
    if (committees === undefined) return result
    const isUnfit = isOfOtherCommittees(result)
    if (isWitness && (isUnfit || result.action === 'pass')) evidence.note(committees, !isUnfit)
    return isUnfit && !evidence.bearsOut(committees) ? check(ssz, withoutNumber) : result
  }
}

function isOfOtherCommittees(result: CheckResult): boolean {
  return result.action === 'reject' && (result.reason === 'wrong_subnet' || result.reason === 'bad_committee')
}
