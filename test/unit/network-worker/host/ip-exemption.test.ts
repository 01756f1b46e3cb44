import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createIpExemption, ExemptIpSet } from '../../../../src/network-worker/host/ip-exemption.ts'

test('without ranges only loopback is exempt', () => {
  const { isExempt } = createIpExemption(false, [])
  for (const ip of ['127.0.0.1', '127.255.255.254', '::1']) assert.ok(isExempt(ip), ip)
  for (const ip of ['128.0.0.1', '10.0.0.1', '192.168.1.1', '::2', '0.0.0.0']) assert.ok(!isExempt(ip), ip)
})

test('a fleet of both families is exempt by its ranges, mapped addresses included', () => {
  const { isExempt } = createIpExemption(true, ['198.51.100.0/24', '2001:db8:7::/48', '203.0.113.9/32'])
  for (const ip of ['198.51.100.255', '::ffff:198.51.100.3', '2001:db8:7:ffff::1', '203.0.113.9']) {
    assert.ok(isExempt(ip), ip)
  }
  for (const ip of ['198.51.101.0', '2001:db8:8::1', '203.0.113.10', '127.0.0.1', '::1']) assert.ok(!isExempt(ip), ip)
})

test('loopback can still be exempted by range when it is counted', () => {
  assert.ok(createIpExemption(true, ['127.0.0.0/8']).isExempt('127.0.0.1'))
})

test('what is no address is never exempt, whatever it is', () => {
  const { isExempt } = createIpExemption(false, ['0.0.0.0/0', '::/0'])
  fc.assert(
    fc.property(fc.string(), (text) => {
      if (!/^[0-9a-fA-Fx.:%]+$/.test(text)) assert.equal(isExempt(text), false)
    }),
  )
})

test('gossipsub sees the rule through the set it asks', () => {
  const exempt = new ExemptIpSet(createIpExemption(false, ['10.0.0.0/8']))
  assert.ok(exempt.has('10.3.2.1') && exempt.has('127.0.0.1'))
  assert.ok(!exempt.has('11.0.0.1'))
})
