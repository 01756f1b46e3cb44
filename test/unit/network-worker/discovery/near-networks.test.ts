import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { MAX_NETWORKS, NearNetworks } from '../../../../src/network-worker/discovery/near-networks.ts'
import { ipOf } from './record-of.ts'

test('an IPv4 neighbour is one of the same /16, an IPv6 one of the same /32', () => {
  const near = new NearNetworks()
  near.note('203.0.113.5', 4)
  near.note('2001:db8::1', 7)
  assert.deepEqual(
    ['203.0.255.255', '203.1.113.5', '2001:db8:ffff::9', '2001:db9::1'].map((ip) => near.expectedRttMs(ip)),
    [4, undefined, 7, undefined],
  )
})

test('an IPv4 address is one network, written as IPv6 or not', () => {
  const near = new NearNetworks()
  near.note('::ffff:203.0.113.5', 4)
  assert.equal(near.expectedRttMs('203.0.1.1'), 4)
})

test('the best round trip of a network stands', () => {
  const near = new NearNetworks()
  for (const rttMs of [20, 5, 80]) near.note('203.0.113.5', rttMs)
  assert.equal(near.expectedRttMs('203.0.1.1'), 5)
})

test('what is no address is passed over', () => {
  const near = new NearNetworks()
  near.note('relay.example', 1)
  assert.deepEqual([near.size, near.expectedRttMs('relay.example')], [0, undefined])
})

test('for lack of room the network measured the longest ago goes', () => {
  const near = new NearNetworks(2)
  near.note('1.1.0.0', 1)
  near.note('2.2.0.0', 2)
  near.note('1.1.0.0', 9)
  near.note('3.3.0.0', 3)
  assert.deepEqual(
    ['1.1.0.0', '2.2.0.0', '3.3.0.0'].map((ip) => near.expectedRttMs(ip)),
    [1, undefined, 3],
  )
  assert.equal(near.dropped, 1)
})

test('by default it holds 2,048 networks', () => {
  const near = new NearNetworks()
  for (let network = 0; network < MAX_NETWORKS + 5; network++) near.note(ipOf(network), 1)
  assert.deepEqual([near.size, near.dropped], [2048, 5])
})

test('property: any text, never an exception, never past the bound', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.oneof(fc.ipV4(), fc.ipV6(), fc.string()), fc.nat())),
      fc.integer({ min: 1, max: 5 }),
      (notes, max) => {
        const near = new NearNetworks(max)
        for (const [ip, rttMs] of notes) {
          near.note(ip, rttMs)
          const expected = near.expectedRttMs(ip)
          assert.ok(expected === undefined || expected <= rttMs)
          assert.ok(near.size <= max)
        }
      },
    ),
  )
})
