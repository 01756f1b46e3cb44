import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ownStatus } from '../../../../src/network-worker/peers/own-status.ts'
import { root, statusOf } from '../chain/status-of.ts'

const clock = { epochOfSlot: (slot: number) => Math.floor(slot / 32) }

function held(slot: number, earliestSlot: number | undefined) {
  return { head: { slot, rootHex: root(7), parentRootHex: root(6) }, earliestSlot }
}

const unknown = statusOf(0, 0, { finalizedRootHex: root(0), headRootHex: root(0) })

test('a node that holds a chain is at its head, whoever says what of finality', () => {
  const chain = { headRootHex: root(7), headSlot: 1000, earliestAvailableSlot: 940 }
  assert.deepEqual(ownStatus(unknown, held(1000, 940), clock), { ...unknown, ...chain })
  const told = statusOf(29, 998)
  assert.deepEqual(ownStatus(told, held(1000, 940), clock), { ...told, ...chain })
})

test('without a chain the told head stands, and nothing before it is claimed', () => {
  const told = statusOf(29, 998)
  assert.deepEqual(ownStatus(told, undefined, clock), { ...told, earliestAvailableSlot: 998 })
  assert.deepEqual(ownStatus(unknown, undefined, clock), { ...unknown, earliestAvailableSlot: 0 })
})

test('a chain that ends before what is final is not told', () => {
  const told = statusOf(31, 1000)
  assert.equal(ownStatus(told, held(991, 940), clock).headSlot, 1000)
  assert.equal(ownStatus(told, held(992, 940), clock).headSlot, 992)
})

test('a head whose columns are missing is all that is claimed', () => {
  const status = ownStatus(unknown, held(1000, undefined), clock)
  assert.deepEqual([status.headSlot, status.earliestAvailableSlot], [1000, 1000])
})
