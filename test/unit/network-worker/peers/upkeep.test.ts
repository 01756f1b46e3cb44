import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newPeerRecord, type PeerRecord } from '../../../../src/network-worker/peers/peer-record.ts'
import { dueUpkeep } from '../../../../src/network-worker/peers/upkeep.ts'
import type { PeerDirection } from '../../../../src/rpc/peer-views.ts'
import { statusOf } from '../chain/status-of.ts'

const PINGED_AT_MS = 1_000_000

/** A peer that was greeted, pinged more than once and asked for its Status, last at `PINGED_AT_MS`. */
function greeted(direction: PeerDirection, overrides: Partial<PeerRecord> = {}): PeerRecord {
  const record = newPeerRecord('peer', '/ip4/10.0.0.1/tcp/9000', direction)
  const times = { lastPingAtMs: PINGED_AT_MS, lastStatusAtMs: PINGED_AT_MS }
  return Object.assign(record, {
    state: 'connected',
    status: statusOf(5, 50),
    greeted: true,
    pingsSent: 2,
    ...times,
    ...overrides,
  })
}

/** The first whole second after the last ping and Status at which `what` is due. */
function dueAfterSeconds(record: PeerRecord, what: 'ping' | 'status'): number {
  for (let seconds = 0; seconds < 1000; seconds++) {
    if (dueUpkeep(record, PINGED_AT_MS + seconds * 1000)[what]) return seconds
  }
  return Number.POSITIVE_INFINITY
}

test('peers we dialled are pinged every 15 s, those who dialled us every 20 s', () => {
  assert.equal(dueAfterSeconds(greeted('outbound'), 'ping'), 15)
  assert.equal(dueAfterSeconds(greeted('inbound'), 'ping'), 20)
})

test('a missed ping is repeated after 5 s, within what a peer allows', () => {
  assert.equal(dueAfterSeconds(greeted('inbound', { missedPings: 1 }), 'ping'), 5)
})

test('the second ping of a connection comes after 5 s, so that two samples are there soon', () => {
  assert.equal(dueAfterSeconds(greeted('outbound', { pingsSent: 1 }), 'ping'), 5)
})

test('one ping at a time', () => {
  assert.equal(dueAfterSeconds(greeted('outbound', { pingInFlight: true }), 'ping'), Number.POSITIVE_INFINITY)
})

test('a peer that was not greeted yet is not pinged: its handshake does that', () => {
  const record = greeted('inbound', { greeted: false })
  assert.equal(dueAfterSeconds(record, 'ping'), Number.POSITIVE_INFINITY)
})

test('Status is asked for every five minutes, every 30 s while none has come', () => {
  assert.equal(dueAfterSeconds(greeted('outbound'), 'status'), 300)
  assert.equal(dueAfterSeconds(greeted('outbound', { status: undefined }), 'status'), 30)
})
