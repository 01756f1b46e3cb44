/** Real objects, as they came or altered, before the judge of their topic at a moment of their own network. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ForkName } from '../../../../src/consensus/network-config.ts'
import type { GossipKind, GossipName } from '../../../../src/consensus/topic-table.ts'
import { openPayload } from '../../../../src/network-worker/gossip/arrival/open-payload.ts'
import { type RealObject, realNetwork, realObject } from '../../../support/real-objects.ts'
import { SLOTS_PER_EPOCH, sceneAt } from './judge-scene.ts'
import type { VerdictText } from './verdict-cases.ts'

/** A moment of an object's network: ms after the start of a slot. */
export type Moment = readonly [slot: number, offsetMs: number]

export interface JudgedOn {
  /** When it came, unless given. */
  readonly at?: Moment
  /** On which it came, unless given. */
  readonly topic?: GossipName
  readonly activeValidators?: number
}

function cameAt(object: RealObject): Moment {
  const { config } = realNetwork(object.entry.fork)
  return [object.slot, object.receivedAtMs - config.genesisTimeSeconds * 1000 - object.slot * config.slotDurationMs]
}

/** What becomes of compressed bytes in place of `object`. */
export function judgeReal(object: RealObject, compressed: Uint8Array, on: JudgedOn = {}): VerdictText {
  const { entry, parsed } = object
  const { fork, maxBlobsPerBlock } = entry
  const { minSszBytes, maxSszBytes } = parsed.spec
  const bounds = { minSszBytes: minSszBytes(fork), maxSszBytes: maxSszBytes(fork, maxBlobsPerBlock) }
  const opened = openPayload(bounds, compressed)
  return opened.ok ? judgeSsz(object, opened.bytes, on) : `reject ${opened.reason}`
}

/** The same of bytes that are not compressed. */
export function judgeSsz(object: RealObject, ssz: Uint8Array, on: JudgedOn = {}): VerdictText {
  const { fork } = object.entry
  const { config: network } = realNetwork(fork)
  const [slot, offsetMs] = on.at ?? cameAt(object)
  const { activeValidators } = on
  const scene = sceneAt(slot, offsetMs, { network, ...(activeValidators === undefined ? {} : { activeValidators }) })
  const verdict = scene.judgeOf(on.topic ?? object.parsed.name, fork).judgeUnverified(ssz)
  return verdict.action === 'accept' ? 'accept' : `${verdict.action} ${verdict.reason}`
}

/** The first slot of an epoch so many after that of a slot. */
export function epochsAfter(slot: number, epochs: number): number {
  return (Math.floor(slot / SLOTS_PER_EPOCH) + epochs) * SLOTS_PER_EPOCH
}

/** How values of a type are read and written. */
export interface SszType<Value> {
  deserialize(bytes: Uint8Array): Value
  serialize(value: Value): Uint8Array
}

export interface Subject<Value> {
  readonly fork: ForkName
  readonly kind: GossipKind
  readonly type: SszType<Value>
}

/** A real object after a change, and what becomes of it. */
export interface RealCase<Value> extends Omit<JudgedOn, 'at'> {
  readonly name: string
  readonly verdict: VerdictText
  readonly change?: (value: Value, slot: number) => void
  /** Changes its serialisation. */
  readonly damage?: (ssz: Uint8Array) => Uint8Array
  /** When it comes, by the slot that it was about, and by what it says after its change. */
  readonly at?: (slot: number, value: Value) => Moment
}

/** A test for each case. */
export function holdRealCases<Value>({ fork, kind, type }: Subject<Value>, cases: readonly RealCase<Value>[]): void {
  for (const { name, verdict, change, damage, at, ...on } of cases) {
    test(`${kind} of ${fork}: ${name}`, () => {
      const object = realObject(fork, kind)
      const value = type.deserialize(object.ssz)
      change?.(value, object.slot)
      const written = type.serialize(value)
      if (change === undefined) assert.deepEqual(Buffer.from(written), Buffer.from(object.ssz))
      const ssz = damage?.(written) ?? written
      const moment = at === undefined ? {} : { at: at(object.slot, value) }
      assert.equal(judgeSsz(object, ssz, { ...on, ...moment }), verdict)
    })
  }
}

/** Bytes with one bit turned. */
export function turned(bytes: Uint8Array, at = 0): Uint8Array {
  const copy = new Uint8Array(bytes)
  copy[at] = (copy[at] ?? 0) ^ 1
  return copy
}
