import assert from 'node:assert/strict'
import { test } from 'node:test'
import { InboundLimiter } from '../../../../src/network-worker/host/inbound-limiter.ts'
import { createIpExemption } from '../../../../src/network-worker/host/ip-exemption.ts'
import { FakeClock } from '../../../support/fake-clock.ts'

function scene(countLoopback = false, exempt: readonly string[] = []) {
  const clock = new FakeClock()
  const limiter = new InboundLimiter(clock, createIpExemption(countLoopback, exempt))
  /** How many of `attempts` connections from `ip` get in. */
  const admitted = (ip: string, attempts = 20): number =>
    Array.from({ length: attempts }, () => limiter.admit(ip)).filter((isAdmitted) => isAdmitted).length
  return { clock, limiter, admitted }
}

test('five connections a second from one address get in, the others are counted', () => {
  const { limiter, admitted } = scene()
  assert.equal(admitted('203.0.113.7'), 5)
  assert.equal(limiter.refused, 15)
})

test('addresses have a budget each', () => {
  const { admitted } = scene()
  admitted('203.0.113.7')
  assert.equal(admitted('203.0.113.8'), 5)
  assert.equal(admitted('2001:db8::1'), 5)
})

test('IPv6 addresses of one /64 share a budget: so many are one customer', () => {
  const { admitted } = scene()
  assert.equal(admitted('2001:db8::1'), 5)
  assert.equal(admitted('2001:db8::ffff:2'), 0)
  assert.equal(admitted('2001:db8:0:1::1'), 5)
  assert.equal(admitted('::ffff:203.0.113.9'), 5)
  assert.equal(admitted('203.0.113.9'), 0)
})

test('a second later the budget is back', () => {
  const { clock, admitted } = scene()
  admitted('203.0.113.7')
  clock.advance(999)
  assert.equal(admitted('203.0.113.7'), 0)
  clock.advance(1)
  assert.equal(admitted('203.0.113.7'), 5)
})

test('loopback is exempt unless it is to be counted', () => {
  for (const ip of ['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1']) {
    assert.equal(scene().admitted(ip, 100), 100, ip)
    assert.equal(scene(true).admitted(ip, 100), 5, ip)
  }
})

test('an exempt range is not limited, its neighbours are', () => {
  const { admitted } = scene(false, ['10.1.0.0/16'])
  assert.equal(admitted('10.1.255.9'), 20)
  assert.equal(admitted('10.2.0.1'), 5)
})

test('a text that is no address has a budget too: it never slips through', () => {
  assert.equal(scene().admitted('/memory/7'), 5)
})

test('a flood from more addresses than are tracked starts the count anew', () => {
  const { admitted } = scene()
  admitted('203.0.113.7')
  for (let host = 0; host < 16_383; host++) assert.equal(admitted(`10.${host >> 8}.${host & 0xff}.1`, 1), 1)
  assert.equal(admitted('203.0.113.7'), 5, 'the table was to be emptied by one address too many')
})
