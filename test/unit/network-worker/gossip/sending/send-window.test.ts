import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  JOINING_PERIOD_MS,
  MAX_BUSY_SHARE,
  SendWindow,
} from '../../../../../src/network-worker/gossip/sending/send-window.ts'
import { FakeClock } from '../../../../support/fake-clock.ts'

const NEAR = 'on tcp'
const COSTLY = 'on quic'
const OTHER = 'on quic, too'

function scene() {
  const clock = new FakeClock()
  const state = { busyShare: 0.1, happened: [] as string[] }
  const window = new SendWindow<string>({
    clock,
    busyShare: () => state.busyShare,
    isCostly: (peerId) => peerId !== NEAR,
    flush: (peerId) => state.happened.push(`to ${peerId}`),
    tell: (told) => state.happened.push(`told of ${told}`),
  })
  const send = (message: string, ...peerIds: string[]) => {
    window.isBusy()
    for (const peerId of peerIds) window.wait(peerId)
    window.tellThen(message)
  }
  /** @returns what happened in one period */
  const pass = () => {
    clock.advance(JOINING_PERIOD_MS)
    return state.happened.splice(0)
  }
  return { clock, state, window, send, pass }
}

describe('what waits for company', () => {
  test('leaves at the end of the period for everybody while the thread has time', () => {
    const { clock, state, send, pass } = scene()
    state.busyShare = MAX_BUSY_SHARE
    send('a', NEAR, COSTLY)
    assert.deepEqual(pass(), [`to ${NEAR}`, `to ${COSTLY}`, 'told of a'])
    assert.equal(clock.pending, 0)
  })

  test('waits for one more where a write costs much while the thread has none, and is told of afterwards', () => {
    const { clock, state, send, pass } = scene()
    state.busyShare = 0.9
    send('a', NEAR, COSTLY)
    assert.deepEqual(pass(), [`to ${NEAR}`])
    send('b', NEAR, COSTLY)
    assert.deepEqual(pass(), [`to ${COSTLY}`, `to ${NEAR}`, 'told of a', 'told of b'])
    assert.equal(clock.pending, 0)
  })

  test('waits for two periods at most, whoever else begins to wait', () => {
    const { clock, state, send, pass } = scene()
    state.busyShare = 0.9
    send('a', COSTLY)
    assert.deepEqual(pass(), [])
    send('b', OTHER)
    assert.deepEqual(pass(), [`to ${COSTLY}`, 'told of a'])
    send('c', COSTLY)
    assert.deepEqual(pass(), [`to ${OTHER}`, 'told of b'])
    assert.deepEqual(pass(), [`to ${COSTLY}`, 'told of c'])
    assert.equal(clock.pending, 0)
  })

  test('is sent when the thread has time again, to all', () => {
    const { state, send, pass } = scene()
    state.busyShare = 0.9
    send('a', COSTLY)
    pass()
    state.busyShare = 0.1
    send('b', OTHER)
    assert.deepEqual(pass(), [`to ${COSTLY}`, `to ${OTHER}`, 'told of a', 'told of b'])
  })

  test('is not overtaken: while some wait, all do', () => {
    const { clock, state, window, send, pass } = scene()
    state.busyShare = 0.9
    send('a', COSTLY)
    pass()
    clock.advance(JOINING_PERIOD_MS - 1)
    assert.equal(window.isBusy(), true)
    clock.advance(1)
    assert.equal(window.isBusy(), false)
  })
})
