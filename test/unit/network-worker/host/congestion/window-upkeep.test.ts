/** One timer for all connections that are kept: whom it serves, when, and how many there may be. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ConnectionWindows } from '../../../../../src/network-worker/host/congestion/connection-windows.ts'
import { FIRST_FLIGHT_BYTES, KEPT_MS } from '../../../../../src/network-worker/host/congestion/grown-window.ts'
import { MAX_KEPT, QUIET_MS, WindowUpkeep } from '../../../../../src/network-worker/host/congestion/window-upkeep.ts'
import { FakeClock } from '../../../../support/fake-clock.ts'

const BLOCK_BYTES = FIRST_FLIGHT_BYTES + 1
const PING_BYTES = 12
/** Linux' shortest retransmission timeout: after a silence of so much a window is taken back. */
const RTO_MIN_MS = 200

class Scene {
  readonly clock = new FakeClock()
  readonly upkeep = new WindowUpkeep(this.clock)

  /** A connection whose other side answers after a round trip; `pings` has when it was asked. */
  connection(roundTripMs?: number) {
    const pings: number[] = []
    const windows: ConnectionWindows = new ConnectionWindows(this.upkeep, () => {
      pings.push(this.clock.monotonicMs())
      windows.onSent(PING_BYTES)
      if (roundTripMs !== undefined) this.clock.after(roundTripMs, () => windows.onReceived(PING_BYTES))
    })
    return { windows, pings }
  }
}

test('nothing is sent, and no timer runs, for connections on which nothing long passed', () => {
  const { clock, connection, upkeep } = sceneOf()
  const { windows, pings } = connection(10)
  windows.onSent(1_000)
  windows.onReceived(1_000)
  assert.deepEqual([clock.pending, upkeep.kept], [0, 0])
  clock.advance(10_000)
  assert.deepEqual(pings, [])
})

test('a connection that a block went over is pinged while it is silent, for ten minutes', () => {
  const { clock, connection, upkeep } = sceneOf()
  const { windows, pings } = connection(10)
  windows.onSent(BLOCK_BYTES)
  clock.advance(1_000)
  assert.deepEqual(pings, [140, 280, 420, 560, 700, 840, 980])
  assert.deepEqual([upkeep.kept, upkeep.pings], [1, 7])
  clock.advance(KEPT_MS)
  const last = pings.at(-1) ?? 0
  assert.ok(last > KEPT_MS - QUIET_MS && last < KEPT_MS, `${last}`)
  assert.deepEqual([upkeep.kept, clock.pending], [0, 0])
})

test('what is sent anyway needs no ping where only our window is grown', () => {
  const { clock, connection } = sceneOf()
  const { windows, pings } = connection(10)
  windows.onSent(BLOCK_BYTES)
  for (let turn = 0; turn < 100; turn++) {
    clock.advance(100)
    windows.onSent(300)
  }
  assert.deepEqual(pings, [])
})

test('a peer whose window is grown is asked, however much we send, until it speaks by itself', () => {
  const { clock, connection } = sceneOf()
  const { windows, pings } = connection(10)
  windows.onReceived(BLOCK_BYTES)
  for (let turn = 0; turn < 10; turn++) {
    clock.advance(50)
    windows.onSent(300)
  }
  const asked = pings.length
  assert.ok(asked >= 3, `${asked}`)
  for (let turn = 0; turn < 10; turn++) {
    windows.onReceived(300)
    clock.advance(50)
  }
  assert.equal(pings.length, asked)
})

test('a peer that does not answer is not asked more often', () => {
  const { clock, connection } = sceneOf()
  const { windows, pings } = connection()
  windows.onReceived(BLOCK_BYTES)
  clock.advance(1_400)
  assert.equal(pings.length, 10)
})

test('whatever passes, no end of a kept connection is silent for so long that its window is taken back', () => {
  const moves = fc.array(
    fc.record({
      afterMs: fc.integer({ min: 0, max: 400 }),
      isSent: fc.boolean(),
      bytes: fc.constantFrom(40, 2_000, BLOCK_BYTES),
    }),
    { minLength: 1, maxLength: 60 },
  )
  fc.assert(
    fc.property(moves, fc.integer({ min: 0, max: 300 }), (moves, roundTripMs) => {
      const clock = new FakeClock()
      const upkeep = new WindowUpkeep(clock)
      // When each end sent; what the other end sends is seen half a round trip later.
      const sent = { ours: [0], theirs: [0] }
      const arrive = (bytes: number): void => {
        sent.theirs.push(clock.monotonicMs())
        clock.after(roundTripMs / 2, () => windows.onReceived(bytes))
      }
      const windows: ConnectionWindows = new ConnectionWindows(upkeep, () => {
        sent.ours.push(clock.monotonicMs())
        windows.onSent(PING_BYTES)
        clock.after(roundTripMs / 2, () => arrive(PING_BYTES))
      })
      sent.ours.push(0)
      windows.onSent(BLOCK_BYTES)
      arrive(BLOCK_BYTES)
      for (const { afterMs, isSent, bytes } of moves) {
        clock.advance(afterMs)
        if (!isSent) arrive(bytes)
        else {
          sent.ours.push(clock.monotonicMs())
          windows.onSent(bytes)
        }
      }
      clock.advance(1_000)
      for (const times of Object.values(sent)) {
        const gaps = times.map((atMs, index) => atMs - (times[index - 1] ?? 0))
        assert.ok(Math.max(...gaps) < RTO_MIN_MS + roundTripMs, `${Math.max(...gaps)} ms`)
      }
    }),
  )
})

test('those that are due soon are served with the first', () => {
  const { clock, connection } = sceneOf()
  const all = Array.from({ length: 8 }, () => connection(10))
  for (const { windows } of all) {
    windows.onSent(BLOCK_BYTES)
    clock.advance(2)
  }
  clock.advance(QUIET_MS)
  assert.deepEqual(
    all.map(({ pings }) => pings),
    all.map(() => [QUIET_MS]),
  )
})

test('as many as can be kept are served a few at a time, and all of them soon enough', () => {
  const { clock, connection } = sceneOf()
  const all = Array.from({ length: MAX_KEPT }, () => connection(10))
  for (const { windows } of all) windows.onSent(BLOCK_BYTES)
  clock.advance(2_000)
  const perMoment = new Map<number, number>()
  for (const atMs of all.flatMap(({ pings }) => pings)) perMoment.set(atMs, (perMoment.get(atMs) ?? 0) + 1)
  assert.equal(Math.max(...perMoment.values()), 8)
  for (const { pings } of all) {
    const gaps = pings.map((atMs, index) => atMs - (pings[index - 1] ?? 0))
    assert.ok(pings.length > 10 && Math.max(...gaps) < RTO_MIN_MS, `${Math.max(...gaps)} ms`)
  }
})

test('past the bound the connection whose windows grew longest ago is let go, and counted', () => {
  const { clock, connection, upkeep } = sceneOf()
  const [first, second, ...rest] = Array.from({ length: MAX_KEPT + 1 }, () => connection(10))
  for (const one of [first, second, ...rest.slice(0, -1), first, rest.at(-1)]) one?.windows.onSent(BLOCK_BYTES)
  assert.deepEqual([upkeep.kept, upkeep.dropped], [MAX_KEPT, 1])
  clock.advance(1.5 * QUIET_MS)
  assert.deepEqual([first?.pings.length, second?.pings.length], [1, 0])
})

test('a connection that is over is forgotten, and the timer ends with the last', () => {
  const { clock, connection, upkeep } = sceneOf()
  const { windows, pings } = connection(10)
  windows.onSent(BLOCK_BYTES)
  windows.end()
  assert.equal(upkeep.kept, 0)
  clock.advance(1_000)
  assert.deepEqual([pings, clock.pending], [[], 0])
})

function sceneOf() {
  const scene = new Scene()
  return { clock: scene.clock, upkeep: scene.upkeep, connection: (ms?: number) => scene.connection(ms) }
}
