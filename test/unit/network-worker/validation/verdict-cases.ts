import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ForkName } from '../../../../src/consensus/network-config.ts'
import type { GossipName } from '../../../../src/consensus/topic-table.ts'
import type { VerdictReason } from '../../../../src/network-worker/validation/verdict.ts'
import { type SceneOptions, sceneAt, slotOf } from './judge-scene.ts'

/** What the verdict is, as `accept`, `ignore past_slot`, `reject bad_bits`. */
export type VerdictText = 'accept' | `${'ignore' | 'reject'} ${VerdictReason}`

/** A message made from a good one, and what becomes of it. */
export interface VerdictCase<Value> extends SceneOptions {
  readonly name: string
  readonly verdict: VerdictText
  /** Changes the good value. */
  readonly change?: (value: Value) => void
  /** Changes its serialisation. */
  readonly damage?: (ssz: Uint8Array) => Uint8Array
  /** When it comes, after the start of the slot of the good value; 100 ms when absent. */
  readonly afterMs?: number
  readonly topic?: GossipName
}

export interface CaseSubject<Value> {
  readonly topic: GossipName
  readonly fork: ForkName
  /** A value that is accepted at `slot`, made anew for each case. */
  readonly good: (slot: number) => Value
  readonly serialize: (value: Value) => Uint8Array
}

/** A test for each case. */
export function holdCases<Value>(subject: CaseSubject<Value>, cases: readonly VerdictCase<Value>[]): void {
  const slot = slotOf(subject.fork)
  for (const { name, verdict, change, damage, afterMs = 100, topic = subject.topic, ...options } of cases) {
    test(`${topic} of ${subject.fork}: ${name}`, () => {
      const value = subject.good(slot)
      change?.(value)
      const ssz = damage?.(subject.serialize(value)) ?? subject.serialize(value)
      const result = sceneAt(slot, afterMs, options).judgeOf(topic, subject.fork).judgeUnverified(ssz)
      const text = result.action === 'accept' ? 'accept' : `${result.action} ${result.reason}`
      assert.equal(text, verdict)
    })
  }
}
