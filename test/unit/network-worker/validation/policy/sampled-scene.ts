/** Votes under `sampled`, or another policy, before a verifier that answers when the test says so. */
import { ssz } from '@lodestar/types'
import type { ValidationPolicy } from '../../../../../src/config/validation-choice.ts'
import type { GossipName } from '../../../../../src/consensus/topic-table.ts'
import { VOTES_OF_RECORD } from '../../../../../src/network-worker/validation/policy/vote-source.ts'
import type { Prospect, Verification, Verifier } from '../../../../../src/network-worker/validation/verify/verifier.ts'
import { electraAggregate, singleAttestation } from '../vote-values.ts'
import { policyScene, SLOT, settled } from './policy-scene.ts'

/** Whose turn the verifier was asked for, and what it is to say. */
interface Asked {
  readonly source: string
  readonly answer: (answer: Verification) => void
}

export class ScriptedVerifier implements Verifier {
  readonly asked: Asked[] = []
  next: Prospect = 'open'
  #provesClaim: boolean

  constructor(provesClaim: boolean) {
    this.#provesClaim = provesClaim
  }

  expect(): void {}

  prospect(): Prospect {
    return this.next
  }

  verify(_topic: unknown, _ssz: unknown, _passed: unknown, source: string): Promise<Verification> {
    return new Promise((answer) => this.asked.push({ source, answer }))
  }

  provesClaim(): boolean {
    return this.#provesClaim
  }

  /** Answers what was asked last, and lets it be heard. */
  async say(answer: Verification): Promise<void> {
    this.asked.at(-1)?.answer(answer)
    await new Promise(setImmediate)
  }
}

/** The serialisation of a vote of a validator of its own. */
export function voteOf(attesterIndex: number, root = 0): Uint8Array {
  const value = { ...singleAttestation(SLOT), attesterIndex }
  value.data.beaconBlockRoot = new Uint8Array(32).fill(root)
  return ssz.electra.SingleAttestation.serialize(value)
}

export function aggregateOf(aggregatorIndex: number, root = 0): Uint8Array {
  const value = electraAggregate(SLOT)
  value.message.aggregatorIndex = aggregatorIndex
  value.message.aggregate.data.beaconBlockRoot = new Uint8Array(32).fill(root)
  return ssz.electra.SignedAggregateAndProof.serialize(value)
}

export interface SampledSceneOptions {
  readonly name?: GossipName
  /** Slots in which peers connected; others have just done so. */
  readonly connected?: Readonly<Record<string, number>>
  readonly provesClaim?: boolean
  readonly policy?: ValidationPolicy
}

export function sampledScene(options: SampledSceneOptions = {}) {
  const { name = 'beacon_attestation_5', connected = {}, provesClaim = false, policy = 'sampled' } = options
  const verifier = new ScriptedVerifier(provesClaim)
  const scene = policyScene(verifier, connected)
  const check = scene.checkOf(name, policy)
  let validator = 1000
  /** Has a peer send as many true votes as make a record, and one more, which is checked. */
  const earn = async (peerId: string): Promise<void> => {
    for (let vote = 0; vote < VOTES_OF_RECORD; vote++) {
      const answer = check(payloadOf(name, validator++), peerId)
      await verifier.say('valid')
      await settled(answer)
    }
    void check(payloadOf(name, validator++), peerId)
    await verifier.say('valid')
  }
  return { ...scene, verifier, check, earn }
}

function payloadOf(name: GossipName, validator: number): Uint8Array {
  return name === 'beacon_aggregate_and_proof' ? aggregateOf(validator) : voteOf(validator)
}
