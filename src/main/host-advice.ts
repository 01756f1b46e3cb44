/** Settings of the system that make blocks late. They are read, never changed: they are the operator's, and other programs' too. */
import type { RelayConfig } from '../config/schema.ts'
import type { Logger } from '../shared/logger.ts'
import { readSysctl } from '../shared/system-file.ts'

/** A setting as it is, and one by which blocks are earlier. */
export interface HostAdvice {
  /** As sysctl(8) names it. */
  readonly sysctl: string
  readonly value: string
  readonly better: string
  readonly why: string
}

type AdvisedConfig = Pick<RelayConfig, 'tcp' | 'congestionControl'>

interface Rule extends Omit<HostAdvice, 'value'> {
  readonly applies: (config: AdvisedConfig) => boolean
  readonly isBad: (value: string) => boolean
}

const RULES: readonly Rule[] = [
  {
    sysctl: 'net.ipv4.tcp_congestion_control',
    better: 'cubic',
    why: 'BBR spreads a block over a third of a round trip, cubic sends it at once (ADR 42)',
    // Otherwise it is not what the relay's connections have, or the network worker says so.
    applies: ({ tcp, congestionControl }) => tcp && congestionControl === 'host',
    isBad: (value) => value.startsWith('bbr'),
  },
  {
    sysctl: 'net.ipv4.tcp_slow_start_after_idle',
    better: '0',
    why: 'a peer that was sent nothing for a moment gets the next block in parts, a round trip apart (ADR 43)',
    applies: ({ tcp }) => tcp,
    isBad: (value) => value !== '0',
  },
]

/** What is known to be better on this host for a relay with this configuration. */
export function hostAdvice(
  config: AdvisedConfig,
  read: (sysctl: string) => string | undefined = readSysctl,
): readonly HostAdvice[] {
  return RULES.filter(({ applies }) => applies(config)).flatMap(({ sysctl, better, why, isBad }) => {
    const value = read(sysctl)
    return value !== undefined && isBad(value) ? [{ sysctl, value, better, why }] : []
  })
}

/** One line for each setting that makes blocks late. */
export function logHostAdvice(log: Logger, advice: readonly HostAdvice[]): void {
  for (const fields of advice) log.info(fields, 'a setting of this host makes blocks late (docs/operators/fleet.md)')
}
