import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { MESSAGE_CLASSES, type MessageClass } from '../../../../../src/network-worker/gossip/message-class.ts'
import type { OutboxMessage } from '../../../../../src/network-worker/gossip/sending/peer-outbox.ts'
import {
  AHEAD_MS,
  SHORT_WAIT_MS,
  UplinkLine,
  WAITING_BYTES,
} from '../../../../../src/network-worker/gossip/sending/uplink-line.ts'
import { FakeClock } from '../../../../support/fake-clock.ts'

const MAX_AGE_MS = 1_000
/** What a copy takes the line for. */
const COPY_MS = 10

/** A line on which each copy takes ten milliseconds, and a flush one. */
function scene() {
  const clock = new FakeClock()
  const state = { clearAtMs: 0 }
  const happened: string[] = []
  const take = (ms: number): void => {
    state.clearAtMs = Math.max(state.clearAtMs, clock.monotonicMs()) + ms
  }
  const line = new UplinkLine<string>({
    clock,
    backlogMs: () => Math.max(0, state.clearAtMs - clock.monotonicMs()),
    maxAgeMs: MAX_AGE_MS,
    send: ({ peerId, told }) => {
      happened.push(`${told} to ${peerId}`)
      take(COPY_MS)
    },
    flush: (peerId) => {
      happened.push(`votes to ${peerId}`)
      take(1)
    },
    onDropped: ({ msgId }, reason) => void happened.push(`${msgId} ${reason}`),
  })
  const wait = (told: string, messageClass: MessageClass, bytes = 1_000, peerId = 'a'): void => {
    const frame = new Uint8Array(bytes)
    const message: OutboxMessage = {
      frame,
      rpc: frame,
      msgId: told,
      class: messageClass,
      queuedAtMs: clock.monotonicMs(),
    }
    line.wait({ peerId, message, told })
  }
  /** @returns what happened meanwhile */
  const pass = (ms: number): string[] => {
    clock.advance(ms)
    return happened.splice(0)
  }
  return { clock, line, take, wait, pass, happened }
}

describe('what waits for the uplink', () => {
  test('goes one after the other, each when the line is nearly done with the one before', () => {
    const { clock, take, wait, pass, line } = scene()
    take(COPY_MS)
    for (const name of ['one', 'two', 'three']) wait(name, 'block')
    assert.deepEqual(pass(COPY_MS - AHEAD_MS - 1), [])
    assert.deepEqual(pass(1), ['one to a'])
    assert.deepEqual(pass(COPY_MS - 1), [])
    assert.deepEqual(pass(1), ['two to a'])
    assert.equal(line.bytes, 1_000)
    assert.deepEqual(pass(COPY_MS), ['three to a'])
    assert.equal(line.bytes, 0)
    assert.equal(clock.pending, 0)
  })

  test('goes in the order of its class, and in the order in which it came within it', () => {
    const { take, wait, pass } = scene()
    take(COPY_MS)
    wait('operation', 'other')
    wait('column 1', 'sidecar')
    wait('block 1', 'block')
    wait('column 2', 'sidecar')
    wait('block 2', 'block')
    assert.deepEqual(
      pass(10 * COPY_MS).map((what) => what.split(' to ')[0]),
      ['block 1', 'block 2', 'column 1', 'column 2', 'operation'],
    )
  })

  test('leaves at once when the line turns out to be free', () => {
    const { wait, pass } = scene()
    wait('one', 'block')
    assert.deepEqual(pass(0), ['one to a'])
  })

  test('is dropped when it has waited for a slot', () => {
    const { take, wait, pass } = scene()
    take(MAX_AGE_MS + 2 * COPY_MS)
    wait('old', 'block')
    assert.deepEqual(pass(MAX_AGE_MS), [])
    wait('new', 'block')
    assert.deepEqual(pass(3 * COPY_MS), ['old stale', 'new to a'])
  })

  test('is bounded in bytes: the oldest of the cheapest goes', () => {
    const { take, wait, pass, line, happened } = scene()
    take(COPY_MS)
    wait('block', 'block', WAITING_BYTES / 4)
    for (const name of ['one', 'two', 'three']) wait(name, 'sidecar', WAITING_BYTES / 4)
    assert.deepEqual(happened, [])
    wait('four', 'sidecar', WAITING_BYTES / 4)
    assert.deepEqual(happened, ['one uplink_full'])
    assert.equal(line.bytes, WAITING_BYTES)
    assert.equal(pass(5 * COPY_MS).at(-1), 'four to a')
  })
})

describe('short messages', () => {
  test('go behind the long ones, peer by peer as there is room', () => {
    const { clock, line, take, wait, pass } = scene()
    take(COPY_MS)
    for (const peerId of ['a', 'b', 'a']) line.waitJoined(peerId)
    wait('column', 'sidecar')
    assert.deepEqual(pass(COPY_MS), ['column to a'])
    assert.deepEqual(pass(COPY_MS), ['votes to a', 'votes to b'])
    assert.equal(clock.pending, 0)
  })

  test('go first when they have waited for long, whatever else waits', () => {
    const { line, take, wait, pass } = scene()
    take(COPY_MS)
    line.waitJoined('a')
    for (let count = 0; count < 40; count++) wait('column', 'sidecar')
    const all = pass(SHORT_WAIT_MS + 3 * COPY_MS)
    const columnsBefore = all.indexOf('votes to a')
    assert.equal(columnsBefore, SHORT_WAIT_MS / COPY_MS)
  })
})

describe('what comes', () => {
  test('has to wait while the line has enough to do', () => {
    const { clock, line, take } = scene()
    take(AHEAD_MS)
    assert.equal(line.mustWait('block'), false)
    take(1)
    for (const name of MESSAGE_CLASSES) assert.equal(line.mustWait(name), true)
    clock.advance(1)
    assert.equal(line.mustWait('attestation'), false)
  })

  test('does not overtake what is as dear and waits, but what is cheaper', () => {
    const { line, wait } = scene()
    wait('column', 'sidecar')
    assert.deepEqual(
      MESSAGE_CLASSES.map((name) => line.mustWait(name)),
      [false, true, true, true],
    )
  })
})
