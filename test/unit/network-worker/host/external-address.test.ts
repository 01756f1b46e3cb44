import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  canonical,
  ExternalAddress,
  type ExternalAddressOptions,
} from '../../../../src/network-worker/host/external-address.ts'

const ANYWHERE: ExternalAddressOptions = {
  listenIp: '0.0.0.0',
  operatorIp: undefined,
  operatorUdp: undefined,
  hasDiscovery: true,
  udpPort: 9000,
  keptIp: undefined,
}

function address(overrides: Partial<ExternalAddressOptions> = {}): ExternalAddress {
  return new ExternalAddress({ ...ANYWHERE, ...overrides })
}

function told(external: ExternalAddress): readonly unknown[] {
  return [external.ip, external.udp]
}

test('before a vote: what is listened on, if that is one address, with the port bound', () => {
  assert.deepEqual(told(address()), [undefined, 9000])
  assert.deepEqual(told(address({ listenIp: '192.0.2.1' })), ['192.0.2.1', 9000])
  assert.deepEqual(told(address({ listenIp: '::' })), [undefined, 9000])
  assert.deepEqual(told(address({ listenIp: 'fe80::1' })), [undefined, 9000])
})

test('a port that the system chose is told once it is known', () => {
  const external = address({ udpPort: undefined })
  assert.equal(external.udp, undefined)
  external.bound(4321)
  assert.equal(external.udp, 4321)
})

test('a vote sets address and port, once', () => {
  const external = address()
  assert.equal(external.vote({ ip: '203.0.113.5', port: 30_000 }), 'changed')
  assert.deepEqual(told(external), ['203.0.113.5', 30_000])
  assert.equal(external.vote({ ip: '203.0.113.5', port: 30_000 }), 'same')
  assert.equal(external.vote({ ip: '203.0.113.5', port: 30_001 }), 'changed')
})

test('another socket makes the voted port void, and the same one does not', () => {
  const external = address()
  external.vote({ ip: '203.0.113.5', port: 30_000 })
  external.bound(9000)
  assert.deepEqual(told(external), ['203.0.113.5', 30_000])
  external.bound(9100)
  assert.deepEqual(told(external), ['203.0.113.5', 9100])
})

test("the operator's address stands; of votes on it the port counts, unless that is given too", () => {
  const external = address({ operatorIp: '2001:DB8::0:5', listenIp: '::' })
  assert.equal(external.vote({ ip: '2001:db8::6', port: 30_000 }), 'contradiction')
  assert.deepEqual(told(external), ['2001:DB8::0:5', 9000])
  assert.equal(external.vote({ ip: '2001:db8::5', port: 30_000 }), 'changed')
  assert.deepEqual(told(external), ['2001:DB8::0:5', 30_000])
  const fixed = address({ operatorUdp: 40_000 })
  assert.equal(fixed.vote({ ip: '203.0.113.5', port: 30_000 }), 'changed')
  assert.deepEqual(told(fixed), ['203.0.113.5', 40_000])
})

test('addresses that mean nothing elsewhere are for those who listen on such', () => {
  const local = ['10.1.2.3', '192.168.0.9', '100.64.0.1', '127.0.0.1', '0.0.0.0', '224.0.0.1', '169.254.1.1']
  for (const ip of [...local, '255.255.255.255']) assert.equal(address().vote({ ip, port: 1 }), 'local', ip)
  for (const ip of ['fd00::1', '::1', '::', 'ff02::1', 'fe80::1']) {
    assert.equal(address({ listenIp: '::' }).vote({ ip, port: 1 }), 'local', ip)
  }
  assert.equal(address({ listenIp: '10.0.0.1' }).vote({ ip: '10.1.2.3', port: 1 }), 'changed')
  assert.equal(address({ listenIp: 'fd00::2' }).vote({ ip: 'fd00::1', port: 1 }), 'changed')
  assert.equal(address({ listenIp: '127.0.0.1' }).vote({ ip: '127.0.0.9', port: 1 }), 'changed')
  assert.equal(address({ listenIp: '127.0.0.1' }).vote({ ip: '203.0.113.5', port: 1 }), 'local')
  assert.equal(address({ listenIp: '10.0.0.1' }).vote({ ip: '127.0.0.1', port: 1 }), 'local')
  assert.equal(address({ listenIp: '10.0.0.1' }).vote({ ip: '203.0.113.5', port: 1 }), 'changed', 'behind a NAT')
})

test('a family that discovery does not use, or a port that is none, takes no vote', () => {
  const vote = { ip: '203.0.113.5', port: 9000 }
  assert.equal(address({ hasDiscovery: false }).vote(vote), 'unused')
  assert.equal(address({ listenIp: undefined }).vote(vote), 'unused')
  for (const port of [0, 65_536, 1.5, Number.NaN]) assert.equal(address().vote({ ...vote, port }), 'unused')
})

test('without discovery there is no UDP port', () => {
  assert.equal(address({ hasDiscovery: false, operatorUdp: 40_000 }).udp, undefined)
  assert.equal(address({ listenIp: undefined, operatorIp: '203.0.113.5' }).udp, undefined)
})

test('the address of the last run stands until a vote, with the port of this one', () => {
  const external = address({ keptIp: '203.0.113.5' })
  assert.deepEqual(told(external), ['203.0.113.5', 9000])
  assert.equal(external.vote({ ip: '203.0.113.5', port: 9000 }), 'same')
  assert.equal(external.vote({ ip: '203.0.113.77', port: 9000 }), 'changed')
  assert.equal(address({ keptIp: '203.0.113.5', listenIp: '10.0.0.1' }).ip, '203.0.113.5', 'behind a NAT')
})

test('the address of the last run is dropped where it cannot be a vote or would never be corrected', () => {
  const keptIp = '203.0.113.5'
  assert.equal(address({ keptIp, hasDiscovery: false }).ip, undefined)
  assert.equal(address({ keptIp, listenIp: '198.51.100.1' }).ip, '198.51.100.1')
  assert.equal(address({ keptIp, listenIp: '127.0.0.1' }).ip, '127.0.0.1')
  assert.equal(address({ keptIp, operatorIp: '198.51.100.9' }).ip, '198.51.100.9')
  assert.equal(address({ keptIp: '10.0.0.1' }).ip, undefined)
})

test('any text is one canonical address or none', () => {
  assert.equal(canonical('::ffff:203.0.113.5'), '203.0.113.5')
  assert.equal(canonical('2001:DB8:0::5'), '2001:db8::5')
  for (const text of ['10.1', '010.0.0.1', 'fe80::1%eth0', 'example.org', '']) assert.equal(canonical(text), undefined)
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.ipV4(), fc.ipV6()), (text) => {
      const once = canonical(text)
      if (once !== undefined) assert.equal(canonical(once), once)
    }),
  )
})
