/** What the operator's beacon node says of the chain, as main tells the network worker. */

/** A finalized checkpoint. The root is 64 hex digits without `0x`. */
export interface CheckpointFact {
  readonly epoch: number
  readonly rootHex: string
}

/** Who proposes at a slot. The key is 96 hex digits without `0x`. */
export interface ProposerDuty {
  readonly slot: number
  readonly validatorIndex: number
  readonly pubkeyHex: string
}

/** One telling; what is absent is unknown, and does not undo what an earlier one told. */
export interface BeaconNodeFacts {
  readonly source: 'beacon_node'
  /** The checkpoint that peers may be told: one finalization before the newest. */
  readonly toldFinalized?: CheckpointFact
  readonly head?: { readonly slot: number; readonly rootHex: string }
  /** Replaces those told before: last, this and, where it is settled, next epoch. At most {@link MAX_DUTIES}. */
  readonly duties?: readonly ProposerDuty[]
}

/** Three epochs of 32 slots, and room for presets with longer ones. */
export const MAX_DUTIES = 128
