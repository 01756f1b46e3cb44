/** Prysm's log at level debug: what it says of a peer, and when its blocks came. */
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'

/** What a node writes of a peer that it thinks less of, or no longer has. Prysm v7.1.2, beacon-chain/sync and /p2p. */
const BAD_NEWS: readonly string[] = [
  'Gossip message was rejected',
  'Downscore peer',
  'Sent bad peer disconnection',
  'Initiate peer disconnection',
  'Peer disconnected',
  'Peer returned invalid data column sidecars',
]

/** One line in logfmt: `time="2026-01-31 11:59:58.12" level=debug msg="Received block" blockSlot=3`. */
export function logFields(line: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>()
  for (const [, key = '', quoted, plain] of line.matchAll(/([\w.]+)=(?:"((?:[^"\\]|\\.)*)"|(\S*))/g)) {
    fields.set(key, quoted?.replaceAll(/\\(.)/g, '$1') ?? plain ?? '')
  }
  return fields
}

/** What a line holds against a peer; undefined when it is about another or holds nothing against it. */
export function complaintIn(line: string, peerId: string): string | undefined {
  if (!line.includes(peerId)) return undefined
  const fields = logFields(line)
  const message = fields.get('msg') ?? ''
  if (!BAD_NEWS.includes(message)) return undefined
  const details = ['topic', 'reason', 'error'].flatMap((key) => fields.get(key) ?? [])
  return [fields.get('time') ?? '', message, ...details].join(' ')
}

/** A Go duration such as `1m2.5s`, `103.4ms` or `87µs` in ms; undefined for other text. */
export function durationMs(text: string): number | undefined {
  const msOfUnit: Readonly<Record<string, number>> = {
    h: 3_600_000,
    m: 60_000,
    s: 1000,
    ms: 1,
    µs: 1e-3,
    us: 1e-3,
    ns: 1e-6,
  }
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s|µs|us|ns)/g)]
  const isNegative = text.startsWith('-')
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text.slice(isNegative ? 1 : 0)) return undefined
  const totalMs = parts.reduce((sum, [, amount, unit = '']) => sum + Number(amount) * (msOfUnit[unit] ?? 0), 0)
  return isNegative ? -totalMs : totalMs
}

/** A slot and the ms into it at which its block came by gossip and was found valid; undefined for other lines. */
export function arrivalIn(line: string): { readonly slot: number; readonly msIntoSlot: number } | undefined {
  if (!line.includes('msg="Received block"')) return undefined
  const fields = logFields(line)
  const msIntoSlot = durationMs(fields.get('sinceSlotStartTime') ?? '')
  const slot = Number(fields.get('blockSlot') ?? Number.NaN)
  return msIntoSlot === undefined || Number.isNaN(slot) ? undefined : { slot, msIntoSlot }
}

/** All that `read` makes of the lines of a log so far, in order. */
export async function readLog<Found>(
  path: string,
  read: (line: string) => Found | undefined,
): Promise<readonly Found[]> {
  const found: Found[] = []
  for await (const line of createInterface({ input: createReadStream(path) })) {
    const item = read(line)
    if (item !== undefined) found.push(item)
  }
  return found
}
