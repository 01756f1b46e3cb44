/** Goodbye codes we send (reference/p2p.md A4.1; those above 3 are conventions of the clients). */
export const GOODBYE = {
  unknown: 0,
  clientShutdown: 1,
  irrelevantNetwork: 2,
  fault: 3,
  tooManyPeers: 129,
  badScore: 250,
  banned: 251,
  bannedIp: 252,
} as const

export type GoodbyeReason = (typeof GOODBYE)[keyof typeof GOODBYE]

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
const OTHER_REDIAL_MS = 2 * MINUTE_MS

interface GoodbyeSpec {
  readonly text: string
  /** How long after it the peer is left in peace (Prysm's figures, reference/p2p.md A4.1). */
  readonly redialAfterMs: number
}

/** All codes that clients are known to send. 130 is Teku's, 237 Nimbus'. */
const KNOWN = {
  0: { text: 'unknown', redialAfterMs: OTHER_REDIAL_MS },
  1: { text: 'client shutdown', redialAfterMs: HOUR_MS },
  2: { text: 'irrelevant network', redialAfterMs: 24 * HOUR_MS },
  3: { text: 'fault', redialAfterMs: OTHER_REDIAL_MS },
  128: { text: 'unable to verify network', redialAfterMs: 24 * HOUR_MS },
  129: { text: 'too many peers', redialAfterMs: 5 * MINUTE_MS },
  130: { text: 'rate limited', redialAfterMs: OTHER_REDIAL_MS },
  237: { text: 'low score', redialAfterMs: 2 * HOUR_MS },
  250: { text: 'bad score', redialAfterMs: 2 * HOUR_MS },
  251: { text: 'banned', redialAfterMs: 2 * HOUR_MS },
  252: { text: 'banned IP', redialAfterMs: 2 * HOUR_MS },
} as const satisfies Record<number, GoodbyeSpec>

export type KnownGoodbyeCode = keyof typeof KNOWN

/** The wire carries any uint64. */
function specOf(code: bigint | number): GoodbyeSpec | undefined {
  const known: Readonly<Record<number, GoodbyeSpec>> = KNOWN
  return known[Number(code)]
}

/** A code as logs name it. */
export function goodbyeText(code: bigint | number): string {
  return specOf(code)?.text ?? `code ${code}`
}

/** For how long a peer that said goodbye with this code is not dialled of our own accord, ms. */
export function redialAfterMs(code: bigint | number): number {
  return specOf(code)?.redialAfterMs ?? OTHER_REDIAL_MS
}
