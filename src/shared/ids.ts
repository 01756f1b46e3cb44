/** A libp2p peer id in its text form (`16Uiu2HA…` for the secp256k1 keys of this network). */
export type PeerIdStr = string
/** A full gossip topic, `/eth2/<digest>/<name>/ssz_snappy`. */
export type TopicStr = string
/** A 20-byte gossip message id as lower-case hex. */
export type MsgIdStr = string
/** Eight lower-case hex digits, no `0x`. */
export type ForkDigestHex = string
