/** Whose signatures we can check: what a beacon node, a registry or a genesis state told us. Answers at once, or not. */
export interface ExpectedProposer {
  readonly validatorIndex: number
  /** Compressed, 48 bytes. */
  readonly pubkey: Uint8Array
}

export interface KeySource {
  /** The compressed key, 48 bytes, of a validator; undefined while nobody told us. A validator's key never changes. */
  pubkeyOf(validatorIndex: number): Uint8Array | undefined
  /** Who proposes in `slot`, by the lookahead; undefined where we have none. */
  proposerOf(slot: number): ExpectedProposer | undefined
  /** How many validators there are, the exited ones too; undefined while unknown. */
  readonly validatorCount: number | undefined
}

/** Before anybody told us a key. */
export const NO_KEYS: KeySource = {
  pubkeyOf: () => undefined,
  proposerOf: () => undefined,
  validatorCount: undefined,
}
