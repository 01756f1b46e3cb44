import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  ChainEvidence,
  DISPUTED_SLOTS,
  type SlotOutcome,
} from '../../../../../src/network-worker/validation/policy/chain-evidence.ts'

const SLOT = 100

/** Blocks by name, whose ids and roots are their names. */
function scene() {
  const evidence = new ChainEvidence()
  const now = { slot: SLOT }
  const pass = (slot: number, name: string, ...senders: string[]): void =>
    evidence.passed({ slot, msgId: name, senders }, now.slot)
  const hash = (slot: number, name: string, parent: string): void =>
    evidence.hashed(name, { slot, root: name, parentRoot: parent })
  /** What is told from `slot` on. */
  const settle = (slot: number): readonly SlotOutcome[] => {
    now.slot = slot
    return evidence.settle(slot)
  }
  return { pass, hash, settle }
}

test('a block is of the chain once the slot of one that is built on it is over', () => {
  const { pass, hash, settle } = scene()
  pass(SLOT, 'a', 'alice')
  hash(SLOT, 'a', 'before')
  assert.deepEqual(settle(SLOT + 1), [])
  pass(SLOT + 1, 'b', 'bob')
  hash(SLOT + 1, 'b', 'a')
  assert.deepEqual(settle(SLOT + 1), [])
  assert.deepEqual(settle(SLOT + 2), [{ slot: SLOT, knownSlot: SLOT + 2, first: ['alice'], caught: [] }])
  assert.deepEqual(settle(SLOT + 3), [], 'told once')
})

test('slots without a block lie between some, and hashes come late', () => {
  const { pass, hash, settle } = scene()
  pass(SLOT, 'a', 'alice')
  settle(SLOT + 5)
  pass(SLOT + 5, 'b', 'bob')
  hash(SLOT + 5, 'b', 'a')
  assert.deepEqual(settle(SLOT + 6), [])
  hash(SLOT, 'a', 'before')
  assert.deepEqual(settle(SLOT + 6), [{ slot: SLOT, knownSlot: SLOT + 6, first: ['alice'], caught: [] }])
})

test('of two blocks of a slot those who sent the other one are caught, some slots later', () => {
  const { pass, hash, settle } = scene()
  pass(SLOT, 'twin', 'forger', 'both')
  pass(SLOT, 'a', 'alice', 'both')
  pass(SLOT, 'unhashed', 'unknown')
  for (const name of ['twin', 'a']) hash(SLOT, name, 'before')
  settle(SLOT + 1)
  pass(SLOT + 1, 'b', 'bob')
  hash(SLOT + 1, 'b', 'a')
  assert.deepEqual(settle(SLOT + DISPUTED_SLOTS - 1), [])
  assert.deepEqual(settle(SLOT + DISPUTED_SLOTS), [
    { slot: SLOT, knownSlot: SLOT + DISPUTED_SLOTS, first: ['alice'], caught: ['forger'] },
  ])
})

test('when each has blocks that are built on it, nobody is caught', () => {
  const { pass, hash, settle } = scene()
  for (const [name, peer] of [
    ['twin', 'forger'],
    ['a', 'alice'],
  ] as const) {
    pass(SLOT, name, peer)
    hash(SLOT, name, 'before')
  }
  settle(SLOT + 1)
  pass(SLOT + 1, 'child of twin', 'forger')
  hash(SLOT + 1, 'child of twin', 'twin')
  settle(SLOT + 2)
  pass(SLOT + 2, 'b', 'bob')
  hash(SLOT + 2, 'b', 'a')
  assert.deepEqual(
    settle(SLOT + DISPUTED_SLOTS + 20).filter(({ slot }) => slot === SLOT),
    [],
  )
})

test('a block that nobody builds on says nothing of who sent it', () => {
  const { pass, hash, settle } = scene()
  pass(SLOT, 'orphan', 'alice')
  hash(SLOT, 'orphan', 'before')
  pass(SLOT + 1, 'b', 'bob')
  hash(SLOT + 1, 'b', 'before')
  for (let slot = SLOT + 2; slot < SLOT + 50; slot++) assert.deepEqual(settle(slot), [])
})

test('what is too old, too far ahead or beyond so many of a slot is not remembered', () => {
  const { pass, hash, settle } = scene()
  pass(SLOT - 32, 'old', 'alice')
  pass(SLOT + 2, 'ahead', 'alice')
  for (let index = 0; index < 20; index++) pass(SLOT, `twin ${index}`, `forger ${index}`)
  for (let index = 0; index < 20; index++) hash(SLOT, `twin ${index}`, 'before')
  hash(SLOT - 32, 'old', 'before')
  hash(SLOT + 2, 'ahead', 'old')
  pass(SLOT + 1, 'b', 'bob')
  hash(SLOT + 1, 'b', 'twin 15')
  const [outcome, ...others] = settle(SLOT + DISPUTED_SLOTS)
  assert.deepEqual(others, [])
  assert.deepEqual([outcome?.first, outcome?.caught.length], [['forger 15'], 15])
})
