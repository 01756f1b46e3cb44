/** Bounds that several rooms must agree on. */

/**
 * Every message of a topic goes to each explicit peer that takes it, beside the mesh, and each is kept connected: more
 * of them than this is no list an operator made by hand, and would take the uplink from the mesh.
 */
export const MAX_EXPLICIT_PEERS = 256

/** Addresses kept of a peer: one for each transport and address family, of the current place and the one before. */
export const MAX_PEER_ADDRESSES = 8
