/** The door of this room: what gossip asks about a message that tier 0 let pass. */
import type { DigestEntry } from '../../../consensus/fork-schedule.ts'
import type { ParsedTopic } from '../../../consensus/topic.ts'
import type { GossipKind } from '../../../consensus/topic-table.ts'
import type { Passed } from '../checks/rule.ts'

/**
 * Proven: its KZG proofs are right, and nobody told us any key. Disproven: they are wrong, whoever signed its header.
 * Unavailable says nothing of the message: no key, no room, a thread that died, a proposer of whom nobody told us that it
 * is his turn. The topic's policy then goes on without us.
 */
export type Verification = 'valid' | 'invalid' | 'proven' | 'disproven' | 'unavailable'

/**
 * What asking is likely to bring. None: nobody told us a key that it takes. Stranger: no answer, since keys are known, but
 * not that of who is to have signed. Open: an answer, or that it is unavailable. Sure: an answer, unless a thread fails or
 * there is no room, so that the mesh may be told already that we have the message.
 */
export type Prospect = 'none' | 'stranger' | 'open' | 'sure'

/** What the verifier must know of a topic; gossip's TopicContext has it. */
export interface VerifiedTopic {
  readonly parsed: ParsedTopic
  readonly entry: DigestEntry
}

export interface Verifier {
  /** Messages of this kind are to come: what takes long to load is loaded as soon as keys are known or anything comes. */
  expect(kind: GossipKind): void
  prospect(topic: VerifiedTopic, ssz: Uint8Array, passed: Passed): Prospect
  /**
   * Checks what can be checked without a state: signatures, the expected proposer, KZG proofs. Never rejects. The bytes
   * may change or go once it has returned. `source`: who brought it; sources take turns.
   */
  verify(topic: VerifiedTopic, ssz: Uint8Array, passed: Passed, source: string): Promise<Verification>
  /**
   * True when only one signer could have made a valid message with its claim, so that a valid one may hold the claim.
   * False where a state must say whether it belongs: a `bls_to_execution_change` by another key than that of the
   * validator's credentials, a `beacon_attestation` that was moved to another committee, a `sync_committee` message that was
   * moved to another slot or subnet, none of which is signed, would keep the true one out. What an aggregator has signed is
   * all of its message, the aggregate with its bits included, so that nobody else could have made it; an aggregate that is
   * none keeps out what the same aggregator makes, and nobody else's.
   */
  provesClaim(kind: GossipKind): boolean
}
