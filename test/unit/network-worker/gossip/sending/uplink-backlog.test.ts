import assert from 'node:assert/strict'
import { test } from 'node:test'
import { UplinkBacklog } from '../../../../../src/network-worker/gossip/sending/uplink-backlog.ts'
import { FakeClock } from '../../../../support/fake-clock.ts'

/** 1,000 bytes a millisecond. */
const MBITS = 8

function scene(sentBytes = 0) {
  const clock = new FakeClock()
  const sent = { sentBytes, sentRpcs: 0 }
  const backlog = new UplinkBacklog({ mbits: MBITS, sent, monotonicMs: () => clock.monotonicMs() })
  const send = (bytes: number): void => {
    sent.sentBytes += bytes
    sent.sentRpcs++
  }
  return { clock, backlog, send }
}

function assertNear(actual: number, expected: number, what: string): void {
  assert.ok(Math.abs(actual - expected) < 0.01, `${what}: ${actual}, not ${expected}`)
}

test('what is sent takes the line for its bytes and its headers, and is gone after that', () => {
  const { clock, backlog, send } = scene()
  assert.equal(backlog.ms, 0)
  send(100_000)
  // 100,000 bytes are 69.06 segments, 106,215 bytes of the line, and 120 of headers more.
  assertNear(backlog.ms, 106.335, 'at once')
  clock.advance(100)
  assertNear(backlog.ms, 6.335, 'later')
  clock.advance(100)
  assert.equal(backlog.ms, 0)
})

test('what is sent while the line is busy comes behind, and an idle line has nothing in store', () => {
  const { clock, backlog, send } = scene()
  clock.advance(1_000)
  send(1_448)
  send(1_448)
  assertNear(backlog.ms, 2 * (1.538 + 0.12), 'two of them')
  clock.advance(1)
  send(1_448)
  assertNear(backlog.ms, 3 * (1.538 + 0.12) - 1, 'three of them')
})

test('a short message takes its headers, which are longer than it is', () => {
  const { backlog, send } = scene()
  for (let count = 0; count < 100; count++) send(10)
  assertNear(backlog.ms, 12 + (1_000 * 1.538) / 1_448, 'a hundred')
})

test('what was sent before it was asked is none of it', () => {
  assert.equal(scene(1_000_000).backlog.ms, 0)
})
