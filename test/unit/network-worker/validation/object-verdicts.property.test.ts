import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BitArray } from '@chainsafe/ssz'
import fc from 'fast-check'
import { type ForkName, isForkAtLeast } from '../../../../src/consensus/network-config.ts'
import { type GossipKind, type GossipName, gossipNamesOfKind } from '../../../../src/consensus/topic-table.ts'
import { IGNORE_REASONS, REJECT_REASONS } from '../../../../src/network-worker/validation/verdict.ts'
import { type LodestarType, lodestarType } from '../../consensus/lodestar-shape.ts'
import { valuesOf } from '../../consensus/lodestar-values.ts'
import { landmarksOf, mutations } from '../../consensus/ssz/ssz-mutations.ts'
import { everyTopic } from '../../consensus/ssz/ssz-type-sizes.ts'
import { sceneAt, slotOf } from './judge-scene.ts'

/** Tested by the properties of votes. */
const VOTES: ReadonlySet<GossipKind> = new Set([
  'beacon_attestation',
  'beacon_aggregate_and_proof',
  'sync_committee',
  'sync_committee_contribution_and_proof',
  'payload_attestation_message',
])

interface Subject {
  readonly topic: GossipName
  readonly fork: ForkName
  readonly type: LodestarType
}

const SUBJECTS: readonly Subject[] = everyTopic()
  .filter(({ kind }) => !VOTES.has(kind))
  .flatMap(({ kind, fork }) => {
    const [topic] = gossipNamesOfKind(kind, fork)
    return topic === undefined ? [] : [{ topic, fork, type: lodestarType(kind, fork) }]
  })

/** Beyond the slots and epochs of the scenes. */
const SMALL = 1100

/** The value with small numbers, so that some slots, epochs and indices come true. */
function small(value: unknown): unknown {
  if (typeof value === 'number') return value % SMALL
  if (typeof value === 'bigint') return value % BigInt(SMALL)
  if (Array.isArray(value)) return value.map(small)
  const isPlain = typeof value === 'object' && value !== null && Object.getPrototypeOf(value) !== Uint8Array.prototype
  if (!isPlain || value instanceof BitArray) return value
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, small(field)]))
}

const messages = fc.constantFrom(...SUBJECTS).chain((subject) =>
  fc.record({
    subject: fc.constant(subject),
    ssz: fc
      .tuple(valuesOf(subject.type), fc.boolean())
      .map(([value, isSmall]) => subject.type.serialize(isSmall ? small(value) : value)),
    mutation: fc.option(mutations),
    slots: fc.integer({ min: -200, max: 200 }),
  }),
)

test('whatever the object, a verdict comes that fits its reason, and the same bytes have the same one', () => {
  fc.assert(
    fc.property(messages, ({ subject: { topic, fork, type }, ssz, mutation, slots }) => {
      const bytes = mutation?.(ssz, landmarksOf(type, ssz)) ?? ssz
      const judge = sceneAt(slotOf(fork) + slots, 100).judgeOf(topic, fork)
      const examined = judge.examine(bytes)
      assert.deepEqual(judge.examine(bytes), examined)
      if (examined.action === 'pass') return
      const reasons: readonly string[] = examined.action === 'ignore' ? IGNORE_REASONS : REJECT_REASONS
      assert.ok(reasons.includes(examined.reason))
    }),
    { numRuns: 2000 },
  )
})

test('every subject is judged by its rules and not by its layout alone', () => {
  for (const { topic, fork, type } of SUBJECTS) {
    const judge = sceneAt(slotOf(fork), 100).judgeOf(topic, fork)
    const examined = judge.examine(type.serialize(type.defaultValue()))
    assert.notDeepEqual(examined, { action: 'reject', reason: 'bad_layout' }, `${topic} of ${fork}`)
  }
  assert.ok(SUBJECTS.some(({ fork }) => isForkAtLeast(fork, 'gloas')))
})
