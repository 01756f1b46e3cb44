/** The door of this room: what gossip asks about a message that tier 0 let pass. */
import type { DigestEntry } from '../../../consensus/fork-schedule.ts'
import type { ParsedTopic } from '../../../consensus/topic.ts'
import type { GossipKind } from '../../../consensus/topic-table.ts'
import type { Passed } from '../checks/rule.ts'

/**
 * Unavailable says nothing of the message: no key, no room, a thread that died, a trusted setup that is being loaded.
 * The topic's policy then goes on without us.
 */
export type Verification = 'valid' | 'invalid' | 'unavailable'

/** What the verifier must know of a topic; gossip's TopicContext has it. */
export interface VerifiedTopic {
  readonly parsed: ParsedTopic
  readonly entry: DigestEntry
}

export interface Verifier {
  /** True when the keys for this message are known, so that `verify` most likely has an answer. Cheap. */
  canVerify(topic: VerifiedTopic, ssz: Uint8Array, passed: Passed): boolean
  /**
   * Checks what can be checked without a state: signatures, the expected proposer, KZG proofs. Never rejects. The bytes
   * may change or go once it has returned.
   */
  verify(topic: VerifiedTopic, ssz: Uint8Array, passed: Passed): Promise<Verification>
  /**
   * True when only one signer could have made a valid message with its claim, so that a valid one may hold the claim.
   * False for `bls_to_execution_change`: whether its key is that of the validator's credentials takes a state, and a
   * stranger's well-signed change must not keep the true one out.
   */
  provesClaim(kind: GossipKind): boolean
}
