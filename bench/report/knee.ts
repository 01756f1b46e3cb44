/** How much of the mix a relay takes: the last multiple before messages are lost or blocks late. */
import type { BenchRun, Variant } from '../run-record.ts'
import { casesOf, classNames, lossShare, medianOf, numberIn, ofClass, runsOf } from './figures.ts'

/** Beyond this share of lost deliveries a relay is past its knee. */
export const KNEE_LOSS_SHARE = 0.001
/** Beyond this multiple of the p99 of block-like messages at the lowest rate, too. */
export const KNEE_P99_RISE = 4

const MIX = /^mix\b/
const BLOCK = /block/i

/** Cases of the mix by rising rate. */
export function mixCases(runs: readonly BenchRun[]): readonly string[] {
  return casesOf(runs)
    .filter((name) => MIX.test(name))
    .sort((one, other) => numberIn(one) - numberIn(other))
}

/** The class of block-like messages. */
export function blockClass(runs: readonly BenchRun[]): string | undefined {
  return classNames(runs).find((name) => BLOCK.test(name))
}

export interface Knee {
  readonly caseName: string
  /** No higher rate was measured: the knee may lie further up. */
  readonly isLast: boolean
}

/** The last case that was still within the bounds, as all before it; undefined when the first was not. */
export function kneeOf(runs: readonly BenchRun[], variant: Variant): Knee | undefined {
  const name = blockClass(runs) ?? ''
  const p99 = ofClass(name, (one) => one.p99Ms)
  const measured = mixCases(runs)
    .map((caseName) => ({ caseName, own: runsOf(runs, caseName, variant) }))
    .filter(({ own }) => own.length > 0)
    .map(({ caseName, own }) => ({
      caseName,
      loss: medianOf(own, ({ classes }) => lossShare(classes)),
      p99Ms: medianOf(own, p99),
    }))
  const firstP99Ms = measured[0]?.p99Ms ?? Number.NaN
  const past = measured.findIndex(({ loss, p99Ms }) => !(loss < KNEE_LOSS_SHARE && p99Ms < KNEE_P99_RISE * firstP99Ms))
  const index = past === -1 ? measured.length - 1 : past - 1
  const found = measured[index]
  return found === undefined ? undefined : { caseName: found.caseName, isLast: past === -1 }
}
