/** Files of the data dir that several rooms know by name. */

/** The 32-byte secp256k1 secret as 64 hex digits, readable by its owner only. */
export const NODE_KEY_FILE = 'node-key'

/** Directory of recent blocks and columns: a directory a network, in it a file for a few slots each. */
export const RECENT_OBJECTS_DIR = 'recent'

/** Our last node record: its sequence number must never go back (host/local-enr.ts says what happens without it). */
export const ENR_FILE = 'enr.txt'
