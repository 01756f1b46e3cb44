import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { PACKETS_PER_REQUEST, PacketQuota } from '../../../src/discovery-worker/packet-quota.ts'
import { FakeClock } from '../../support/fake-clock.ts'

/** How many of `packets` from this socket are let in, all at one moment. */
function letIn(quota: PacketQuota, packets: number, ip: string, port = 9000): number {
  let count = 0
  for (let i = 0; i < packets; i++) if (quota.take(ip, port) === undefined) count++
  return count
}

describe('PacketQuota', () => {
  test('one address has a burst of 20 and then 10 a second, whatever its ports', () => {
    const clock = new FakeClock()
    const quota = new PacketQuota(clock)
    assert.equal(letIn(quota, 15, '8.8.8.8', 1), 15)
    assert.equal(letIn(quota, 100, '8.8.8.8', 2), 5)
    assert.equal(quota.take('8.8.8.8', 3), 'address_quota')
    clock.advance(1000)
    assert.equal(letIn(quota, 100, '8.8.8.8'), 10)
    assert.equal(letIn(quota, 100, '8.8.4.4'), 20, 'others have their own')
  })

  test('a /64 of IPv6 counts as one address, however it is written', () => {
    const quota = new PacketQuota(new FakeClock())
    assert.equal(letIn(quota, 15, '2001:db8::1'), 15)
    assert.equal(letIn(quota, 15, '2001:db8:0:0:ffff::2'), 5)
    assert.equal(letIn(quota, 15, '2001:db8:0:1::1'), 15)
  })

  test('on loopback each socket has its own', () => {
    const quota = new PacketQuota(new FakeClock())
    for (const port of [1, 2, 3]) assert.equal(letIn(quota, 30, '127.0.0.1', port), 20)
    for (const port of [1, 2, 3]) assert.equal(letIn(quota, 30, '::1', port), 20)
  })

  test('all strangers together have a burst of 200 and then 50 a second', () => {
    const clock = new FakeClock()
    const quota = new PacketQuota(clock)
    const fromMany = () => {
      let count = 0
      for (let i = 0; i < 1000; i++) count += letIn(quota, 1, `10.${i >> 8}.${i & 255}.1`)
      return count
    }
    assert.equal(fromMany(), 200)
    assert.equal(quota.take('9.9.9.9', 1), 'total_quota')
    clock.advance(1000)
    assert.equal(fromMany(), 50)
  })

  test('answers to what we sent come in beside both quotas, as many as were asked for, for a while', () => {
    const clock = new FakeClock()
    const quota = new PacketQuota(clock)
    for (let i = 0; i < 300; i++) quota.take(`10.0.${i >> 8}.${i & 255}`, 1)
    assert.equal(quota.take('8.8.8.8', 1), 'total_quota')
    quota.expect('8.8.8.8', 1)
    assert.equal(letIn(quota, 100, '8.8.8.8', 1), PACKETS_PER_REQUEST)
    quota.expect('9.9.9.9', 1)
    clock.advance(10_001)
    for (let i = 0; i < 1000; i++) quota.take(`10.0.${i >> 8}.${i & 255}`, 1)
    assert.equal(letIn(quota, 100, '9.9.9.9', 1), 0, 'too late')
  })

  test('an address that makes us ask it again and again is let in 96 times in 10 s beside its quota', () => {
    const clock = new FakeClock()
    const quota = new PacketQuota(clock)
    let count = 0
    for (let ms = 0; ms < 10_000; ms += 10) {
      quota.expect('8.8.8.8', 1)
      count += letIn(quota, 10, '8.8.8.8', 1)
      clock.advance(10)
    }
    assert.ok(count <= 96 + 20 + 100, `${count} came in`)
    quota.expect('8.8.8.8', 1)
    assert.ok(letIn(quota, 100, '8.8.8.8', 1) >= PACKETS_PER_REQUEST, 'and again in the next period')
  })

  test('forged addresses without end take a fixed amount of memory', () => {
    const clock = new FakeClock()
    const quota = new PacketQuota(clock)
    for (let i = 0; i < 20_000; i++) {
      clock.advance(20)
      quota.take(`11.${i >> 16}.${(i >> 8) & 255}.${i & 255}`, 1)
      quota.expect(`12.${i >> 16}.${(i >> 8) & 255}.${i & 255}`, 1)
    }
    assert.equal(quota.size, 4096)
  })
})
