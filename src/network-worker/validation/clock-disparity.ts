/** How far a sender's clock may be ahead of ours (reference/p2p.md A2.3). */
export const MAXIMUM_GOSSIP_CLOCK_DISPARITY_MS = 500
