import assert from 'node:assert/strict'
import { test } from 'node:test'
import { networkByName } from '../../../../src/consensus/networks.ts'
import { type DialableConfig, dialableAddresses } from '../../../../src/network-worker/discovery/dialable-addresses.ts'
import { relayConfig, relayNetwork } from '../../../support/relay-config.ts'
import { recordOf } from './record-of.ts'

const GLOBAL = '/ip4/9.8.7.6/tcp/9000'
const LAN = '/ip4/192.168.1.1/tcp/80'
const LAN6 = '/ip6/fd00::1/tcp/80'
const MACHINE = '/ip4/127.0.0.1/tcp/5052'
const MAPPED = '/ip6/::ffff:127.0.0.1/tcp/5052'
const NOBODY = '/ip4/169.254.169.254/tcp/80'
const ALL = [GLOBAL, LAN, LAN6, MACHINE, MAPPED, NOBODY]

function dialled(overrides: Partial<DialableConfig>, addresses: readonly string[] = ALL): readonly string[] {
  const config = relayConfig('unused', {
    network: networkByName('mainnet'),
    listenAddresses: ['0.0.0.0'],
    ...overrides,
  })
  return dialableAddresses(config)(recordOf(1, { addresses })).addresses
}

test('in a public network no record leads into the own network or to this machine', () => {
  assert.deepEqual(dialled({ listenAddresses: ['0.0.0.0', '::'] }), [GLOBAL])
})

test('where the operator says he is, others are', () => {
  assert.deepEqual(dialled({ listenAddresses: ['192.168.1.7'] }), [GLOBAL, LAN, LAN6])
  assert.deepEqual(dialled({ enrIps: ['10.0.0.9'] }), [GLOBAL, LAN, LAN6])
  assert.deepEqual(dialled({ peers: ['/ip4/172.16.0.2/tcp/9000'] }), [GLOBAL, LAN, LAN6])
  assert.deepEqual(dialled({ listenAddresses: ['127.0.0.1'] }), [GLOBAL, MACHINE, MAPPED])
  assert.deepEqual(dialled({ bootnodes: [...networkByName('mainnet').bootnodes] }), [GLOBAL])
})

test('a network of his own is anywhere but where nobody is', () => {
  assert.deepEqual(dialled({ network: relayNetwork() }), ALL.slice(0, -1))
})

test('a transport that does not run is not dialled', () => {
  const both = ['/ip4/9.8.7.6/udp/9001/quic-v1', GLOBAL]
  assert.deepEqual(dialled({ quic: false }, both), [GLOBAL])
  assert.deepEqual(dialled({ tcp: false, quic: true }, both), both.slice(0, 1))
})

test('a record that stays as it is, is the same one: what is remembered of it stays', () => {
  const record = recordOf(1)
  assert.equal(dialableAddresses(relayConfig('unused'))(record), record)
})
