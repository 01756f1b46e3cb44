/** Bounds that several rooms must agree on. */

/**
 * Every message of a topic goes to each explicit peer that takes it, beside the mesh, and each is kept connected: more
 * of them than this is no list an operator made by hand, and would take the uplink from the mesh.
 */
export const MAX_EXPLICIT_PEERS = 256

/** Addresses kept of a peer: one for each transport and address family, of the current place and the one before. */
export const MAX_PEER_ADDRESSES = 8

/** Trusted peers are each kept connected, outside every limit: a fleet and its friends, not half the network. */
export const MAX_TRUSTED_PEERS = 256

/** Permanent bans by peer id; a list of all misbehaving identities of mainnet would be shorter, and 16,384 take about 2 MB. */
export const MAX_BANNED_PEERS = 16_384

/** Banned address ranges: every hosting provider's prefixes would fit. */
export const MAX_BANNED_RANGES = 4_096

/** Banned agent names: each is looked for in the agent string of every new peer. */
export const MAX_BANNED_AGENTS = 64

/** Longest agent name that can be banned, as long as the agent strings we keep. */
export const MAX_AGENT_CHARS = 128

/** Peers banned by their score that are remembered (reference/scoring.md §1, "max remembered"); the oldest ban goes first. */
export const MAX_SCORE_BANS = 1_000

/** Peers whose first blocks are counted: all that a relay meets in weeks, at some 100 bytes each. */
export const MAX_FIRST_BLOCK_SENDERS = 4_096

/** Records of peers of our network kept for dialling, over restarts too: several times the largest target, some 400 bytes each. */
export const MAX_KNOWN_RECORDS = 4_096

/** Ids of peers that discovery found: a mainnet's worth, at some 100 bytes each. The oldest goes first. */
export const MAX_DISCOVERED_PEERS = 16_384
