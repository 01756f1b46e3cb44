/** Goodbye codes we send (reference/p2p.md A4.1; 129 and up are conventions of the clients). */
export const GOODBYE = {
  clientShutdown: 1,
  irrelevantNetwork: 2,
  fault: 3,
  tooManyPeers: 129,
} as const

export type GoodbyeReason = (typeof GOODBYE)[keyof typeof GOODBYE]
