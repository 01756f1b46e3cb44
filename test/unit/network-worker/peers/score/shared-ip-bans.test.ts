import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { MAX_BANNED_PEERS_PER_IP, SharedIpBans } from '../../../../../src/network-worker/peers/score/shared-ip-bans.ts'

const none = (): boolean => false

function banMany(bans: SharedIpBans, count: number, ipOf: (index: number) => string): void {
  for (let index = 0; index < count; index++) bans.set(`peer${index}`, [ipOf(index)])
}

test('an address is refused from the sixth banned peer on', () => {
  const bans = new SharedIpBans(none)
  banMany(bans, 5, () => '203.0.113.5')
  assert.equal(bans.isBanned('203.0.113.5'), false)
  bans.set('sixth', ['203.0.113.5'])
  assert.equal(bans.isBanned('203.0.113.5'), true)
  assert.equal(bans.isBanned('203.0.113.6'), false)
  bans.delete('peer0')
  assert.equal(bans.isBanned('203.0.113.5'), false)
})

test('IPv6 counts by /64', () => {
  const bans = new SharedIpBans(none)
  banMany(bans, 6, (index) => `2001:db8:1:2:${index}::1`)
  assert.equal(bans.isBanned('2001:db8:1:2:ffff::9'), true)
  assert.equal(bans.isBanned('2001:db8:1:3::1'), false)
})

test('an IPv4 address is one place, written as IPv6 or not', () => {
  const bans = new SharedIpBans(none)
  banMany(bans, 6, (index) => (index % 2 === 0 ? '203.0.113.5' : '::ffff:203.0.113.5'))
  assert.equal(bans.isBanned('203.0.113.5'), true)
  assert.equal(bans.isBanned('::ffff:203.0.113.5'), true)
})

test('a peer counts once at a place, however many addresses it had there', () => {
  const bans = new SharedIpBans(none)
  bans.set('one', ['2001:db8::1', '2001:db8::2', '2001:db8::3', '2001:db8::4', '2001:db8::5', '2001:db8::6'])
  assert.equal(bans.isBanned('2001:db8::1'), false)
  assert.equal(bans.size, 1)
})

test('a peer counts at every place it was seen at, and what is set anew takes the place of what was', () => {
  const bans = new SharedIpBans(none)
  banMany(bans, 5, () => '203.0.113.5')
  bans.set('mover', ['203.0.113.5', '198.51.100.7'])
  assert.equal(bans.isBanned('203.0.113.5'), true)
  bans.set('mover', ['198.51.100.7'])
  assert.equal(bans.isBanned('203.0.113.5'), false)
})

test('exempt addresses are neither counted nor refused', () => {
  const bans = new SharedIpBans((ip) => ip === '2001:db8::1')
  banMany(bans, 6, () => '2001:db8::1')
  assert.equal(bans.size, 0)
  banMany(bans, 6, () => '2001:db8::2')
  assert.equal(bans.isBanned('2001:db8::1'), false)
  assert.equal(bans.isBanned('2001:db8::2'), true)
})

test('what is no address is not counted', () => {
  const bans = new SharedIpBans(none)
  banMany(bans, 6, () => 'relay.example')
  assert.equal(bans.size, 0)
  assert.equal(bans.isBanned('relay.example'), false)
})

test('any sequence counts as a list that is gone through each time', () => {
  const ip = fc.constantFrom('203.0.113.1', '203.0.113.2', '::ffff:203.0.113.1')
  const peerId = fc.integer({ min: 0, max: 9 }).map(String)
  const step = fc.record({ peerId, ips: fc.option(fc.array(ip, { maxLength: 3 })) })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const bans = new SharedIpBans(none)
      const model = new Map<string, readonly string[]>()
      for (const { peerId: peer, ips } of steps) {
        if (ips === null) bans.delete(peer)
        else bans.set(peer, ips)
        model.set(
          peer,
          (ips ?? []).map((seen) => seen.replace('::ffff:', '')),
        )
        for (const place of ['203.0.113.1', '203.0.113.2']) {
          const count = [...model.values()].filter((seen) => seen.includes(place)).length
          assert.equal(bans.isBanned(place), count > MAX_BANNED_PEERS_PER_IP)
        }
      }
      for (const peer of model.keys()) bans.delete(peer)
      assert.equal(bans.size, 0)
    }),
  )
})
