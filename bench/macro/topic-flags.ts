/** Starling's topic flags for a list of gossip names. */

/** A name that ends in a number: of a subnet or a column. */
const NUMBERED = /^(.+)_(\d+)$/

/**
 * Flags that make Starling relay these gossip names ("beacon_block", "beacon_attestation_3"). Attestation subnets and
 * columns are just those; a sync committee brings all four of its subnets.
 */
export function topicFlags(names: readonly string[]): readonly string[] {
  const numbers = (kind: string): readonly string[] =>
    names.flatMap((name) => (NUMBERED.exec(name)?.[1] === kind ? [NUMBERED.exec(name)?.[2] ?? ''] : []))
  const subnets = numbers('beacon_attestation')
  const columns = numbers('data_column_sidecar')
  const kinds = new Set(names.map((name) => NUMBERED.exec(name)?.[1] ?? name))
  kinds.delete('beacon_attestation')
  return [
    ...['--topics', kinds.size === 0 ? 'none' : [...kinds].join(',')],
    ...['--attestation-subnets', subnets.length === 0 ? 'none' : subnets.join(',')],
    ...(columns.length === 0 ? [] : ['--custody-columns', columns.join(',')]),
  ]
}
