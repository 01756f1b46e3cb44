/** The line of this host: one that a slot's messages fill has blocks late, unless the relay knows what it carries (ADR 44). */
import type { RelayConfig } from '../config/schema.ts'
import type { Logger } from '../shared/logger.ts'
import { readSystemFile } from '../shared/system-file.ts'

/** The columns of a slot to a large mesh take a line of so many Mbit for some hundred ms. */
const NARROW_MBITS = 2_500
/** The rest is for what a relay sends beside gossip, and for the host's other programs. */
const SHARE = 0.9
const ROUTES = '/proc/net/route'
/** Of 0.0.0.0/0, as the kernel lists it. */
const DEFAULT_DESTINATION = '00000000'

export interface LineAdvice {
  readonly interface: string
  readonly mbits: number
  readonly uplinkMbits: number
}

/** Advice for a relay that was not told of its uplink, on a host whose line is narrow; undefined where that is not known. */
export function lineAdvice(
  { uplinkMbits }: Pick<RelayConfig, 'uplinkMbits'>,
  read: (path: string) => string | undefined = readSystemFile,
): LineAdvice | undefined {
  if (uplinkMbits !== undefined) return undefined
  const rows = (read(ROUTES) ?? '').split('\n').map((row) => row.split('\t'))
  const [name] = rows.find(([, destination]) => destination === DEFAULT_DESTINATION) ?? []
  if (name === undefined) return undefined
  // A virtual interface says -1, or has no such file.
  const mbits = Number(read(`/sys/class/net/${name}/speed`) ?? -1)
  if (!(mbits > 0 && mbits <= NARROW_MBITS)) return undefined
  return { interface: name, mbits, uplinkMbits: Math.floor(mbits * SHARE) }
}

export function logLineAdvice(log: Logger, advice: LineAdvice | undefined): void {
  if (advice === undefined) return
  log.info(advice, "with this relay's share of the line in --uplink-mbits blocks leave first (docs/operators/fleet.md)")
}
