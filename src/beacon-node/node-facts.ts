/** What the beacon node says, told on as plain data. */

/** The root is 64 hex digits without `0x`. */
export interface Checkpoint {
  readonly epoch: number
  readonly rootHex: string
}

export interface Head {
  readonly slot: number
  readonly rootHex: string
}

/** The key is 96 hex digits without `0x`. */
export interface Duty {
  readonly slot: number
  readonly validatorIndex: number
  readonly pubkeyHex: string
}

export interface NodeFacts {
  readonly head: Head
  /** One finalization before the newest; absent where the node does not know that block. */
  readonly toldFinalized?: Checkpoint
  /** Of the last, this and, where it is settled, the next epoch; absent while those told last are good enough. */
  readonly duties?: readonly Duty[]
}
