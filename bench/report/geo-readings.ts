/** How much earlier blocks come, as the bars have it. */
import { medianLeadMs, percentEarlier } from '../leads.ts'
import type { BenchRun, Variant } from '../run-record.ts'
import type { Reading } from './bars.ts'
import { casesOf } from './figures.ts'
import { digits } from './markdown.ts'

/** ms by which a relay at that load was earlier than the default node beside it, in the place where that is least. */
export function leadAtLoad(
  load: number,
): (runs: readonly BenchRun[], transport: Variant['transport']) => Reading | undefined {
  return (runs, transport) => {
    const own = runs.filter(
      ({ variant }) => variant.transport === transport && variant.setting?.startsWith(`load ${load},`) === true,
    )
    const [least] = casesOf(own)
      .map((caseName) => own.filter((run) => run.case === caseName))
      .map((ofCase) => ({ ofCase, lead: medianLeadMs(ofCase) }))
      .filter(({ lead }) => Number.isFinite(lead.median))
      .sort((one, other) => one.lead.median - other.lead.median)
    if (least === undefined) return undefined
    const { ofCase, lead } = least
    const crowdedRuns = ofCase.filter(({ isCrowded }) => isCrowded).length
    const note = `${ofCase[0]?.case}; earlier with ${digits(percentEarlier(ofCase).median)} % of the blocks`
    return { ...lead, rounds: ofCase.length, crowdedRuns, note }
  }
}
