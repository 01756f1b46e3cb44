import assert from 'node:assert/strict'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { ENR } from '@chainsafe/enr'
import { ENR_FILE } from '../../../../src/shared/data-files.ts'
import { type LocalNode, localNode } from './local-node.ts'
import { scratchDirectory } from './scratch-directory.ts'

const BOTH = { listenAddresses: ['0.0.0.0', '::'], discovery: true, quic: true }
const UDP = [
  { address: '0.0.0.0', port: 9000 },
  { address: '::', port: 9000 },
]

function recordOf({ info }: LocalNode): ENR {
  return ENR.decodeTxt(info.view().enr)
}

test('both families: ports before a vote, addresses after it, and everybody is told the same', () => {
  using directory = scratchDirectory()
  const node = localNode(directory.path, BOTH)
  node.start()
  node.info.udpBound(UDP)
  const before = recordOf(node)
  assert.deepEqual([before.ip, before.tcp, before.udp, before.quic], [undefined, 9000, 9000, 9001])
  assert.deepEqual([before.ip6, before.tcp6, before.udp6, before.quic6], [undefined, 9000, 9000, 9001])
  assert.equal(before.seq, 1n, 'a port known before it is bound is no change')
  assert.deepEqual(node.info.view().discovery_addresses, [])

  node.info.addressVoted({ ip: '203.0.113.5', port: 9000 })
  node.info.addressVoted({ ip: '2001:db8::5', port: 30_000 })
  const after = recordOf(node)
  assert.deepEqual([after.ip, after.tcp, after.udp, after.quic], ['203.0.113.5', 9000, 9000, 9001])
  assert.deepEqual([after.tcp6, after.udp6, after.quic6, after.seq], [9000, 30_000, 9001, 3n])
  assert.deepEqual(node.info.view().discovery_addresses, [
    `/ip4/203.0.113.5/udp/9000/p2p/${node.peerId}`,
    `/ip6/2001:db8::5/udp/30000/p2p/${node.peerId}`,
  ])
  assert.equal(node.told.length, 3)
  assert.equal(node.told.at(-1), node.info.view().enr)
  assert.equal(readFileSync(join(directory.path, ENR_FILE), 'utf8'), `${node.told.at(-1)}\n`)
})

test('one line of log for each change, and one for local addresses', () => {
  using directory = scratchDirectory()
  const node = localNode(directory.path, BOTH)
  node.start()
  for (const ip of [
    '203.0.113.5',
    '::ffff:203.0.113.5',
    '10.0.0.1',
    '10.0.0.2',
    'fd00::1',
    'no address',
    '203.0.113.6',
  ]) {
    node.info.addressVoted({ ip, port: 9000 })
  }
  assert.deepEqual(
    node.log.map(({ level, ip }) => [level, ip]),
    [
      [30, '203.0.113.5'],
      [30, '10.0.0.1'],
      [30, 'fd00::1'],
      [30, '203.0.113.6'],
    ],
  )
  assert.equal(recordOf(node).ip, '203.0.113.6')
})

test("votes against the operator's address change nothing, and are warned of once", () => {
  using directory = scratchDirectory()
  const node = localNode(directory.path, { ...BOTH, enrIps: ['203.0.113.5'] })
  node.start()
  for (const ip of ['203.0.113.9', '203.0.113.10']) node.info.addressVoted({ ip, port: 9000 })
  assert.equal(node.told.length, 1)
  assert.deepEqual(
    node.log.map(({ level, ip }) => [level, ip]),
    [[40, '203.0.113.9']],
  )
})

test('a voted address leads the addresses of libp2p', () => {
  using directory = scratchDirectory()
  const node = localNode(directory.path, { ...BOTH, listenAddresses: ['10.0.0.1'] })
  node.start()
  node.info.addressVoted({ ip: '203.0.113.5', port: 30_000 })
  const p2p = `/p2p/${node.peerId}`
  assert.deepEqual(node.info.view().p2p_addresses, [
    `/ip4/203.0.113.5/tcp/9000${p2p}`,
    `/ip4/10.0.0.1/tcp/9000${p2p}`,
    `/ip4/203.0.113.5/udp/9001/quic-v1${p2p}`,
    `/ip4/10.0.0.1/udp/9001/quic-v1${p2p}`,
  ])
})

test('refreshing, binding or being voted on again tells nobody anything', () => {
  using directory = scratchDirectory()
  const node = localNode(directory.path, BOTH)
  node.start()
  node.info.addressVoted({ ip: '203.0.113.5', port: 9000 })
  const { enr } = node.info.view()
  node.info.refresh()
  node.info.udpBound(UDP)
  node.info.addressVoted({ ip: '203.0.113.5', port: 9000 })
  assert.equal(node.info.view().enr, enr)
  assert.equal(node.told.length, 2)
})

test('a family that discovery could not bind has no UDP port', () => {
  using directory = scratchDirectory()
  const node = localNode(directory.path, BOTH)
  node.start()
  node.info.udpBound(UDP.slice(0, 1))
  assert.deepEqual([recordOf(node).udp, recordOf(node).udp6, recordOf(node).tcp6], [9000, undefined, 9000])
})

test('what is known before the topics waits for them', () => {
  using directory = scratchDirectory()
  const node = localNode(directory.path, { ...BOTH, port: 0 })
  node.info.udpBound([{ address: '0.0.0.0', port: 4321 }])
  node.info.addressVoted({ ip: '203.0.113.5', port: 4321 })
  assert.deepEqual(node.told, [])
  node.start()
  assert.equal(node.told.length, 1)
  assert.deepEqual([recordOf(node).ip, recordOf(node).udp, recordOf(node).seq], ['203.0.113.5', 4321, 1n])
})

test('a restart announces the address of the last run, without a change', () => {
  using directory = scratchDirectory()
  const first = localNode(directory.path, BOTH)
  first.start()
  first.info.addressVoted({ ip: '203.0.113.5', port: 9000 })
  first.info.addressVoted({ ip: '2001:db8::5', port: 9000 })
  const second = localNode(directory.path, BOTH)
  second.start()
  second.info.udpBound(UDP)
  assert.equal(second.info.view().enr, first.info.view().enr)
  assert.deepEqual(second.told, [])
  const moved = localNode(directory.path, { ...BOTH, enrIps: ['198.51.100.7'] })
  moved.start()
  assert.deepEqual([recordOf(moved).ip, recordOf(moved).seq], ['198.51.100.7', recordOf(second).seq + 1n])
  assert.equal(moved.info.view().discovery_addresses.length, 2)
})

test('a family that is no longer listened on leaves the record', () => {
  using directory = scratchDirectory()
  const first = localNode(directory.path, BOTH)
  first.start()
  first.info.addressVoted({ ip: '2001:db8::5', port: 9000 })
  const second = localNode(directory.path, { ...BOTH, listenAddresses: ['0.0.0.0'] })
  second.start()
  const { kvs } = recordOf(second)
  for (const key of ['ip6', 'tcp6', 'udp6', 'quic6']) assert.ok(!kvs.has(key), key)
})

test("the operator's ports hold for both families, and a transport that is off has none", () => {
  using directory = scratchDirectory()
  const node = localNode(directory.path, {
    ...BOTH,
    quic: false,
    enrIps: ['203.0.113.5', '2001:db8::5'],
    enrTcp: 30_000,
    enrUdp: 30_001,
    enrQuic: 30_002,
  })
  node.start()
  const { tcp, tcp6, udp, udp6, quic, quic6 } = recordOf(node)
  assert.deepEqual([tcp, tcp6, udp, udp6, quic, quic6], [30_000, 30_000, 30_001, 30_001, undefined, undefined])
})

test('a record that cannot be saved is told all the same, and said aloud', () => {
  using directory = scratchDirectory()
  const node = localNode(directory.path, BOTH)
  rmSync(directory.path, { recursive: true })
  node.start()
  assert.deepEqual(node.told, [node.info.view().enr])
  assert.deepEqual(
    node.log.map(({ level }) => level),
    [50],
  )
})
