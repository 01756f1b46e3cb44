import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, test } from 'node:test'
import { createKeypair, Discv5, SessionService } from '@chainsafe/discv5'
import { ENR, SignableENR } from '@chainsafe/enr'
import pino from 'pino'
import { limitNeighbours } from '../../../src/discovery-worker/limit-neighbours.ts'
import { log2Distance } from '../../../src/discovery-worker/node-distance.ts'
import { UdpTransport } from '../../../src/discovery-worker/udp-transport.ts'
import { testRecord } from '../../support/discv5-node.ts'
import { FakeClock } from '../../support/fake-clock.ts'

function limitedNode(): Discv5 {
  const secretKey = new Uint8Array(randomBytes(32))
  const record = testRecord({ udpPort: 9000, secretKey })
  const binds = [{ address: '127.0.0.1', port: 0 }]
  const log = pino({ level: 'silent' })
  const transport = new UdpTransport({ binds, nodeId: record.nodeId, clock: new FakeClock(), log })
  const config = {
    addrVotesToUpdateEnr: 10,
    requestTimeout: 2000,
    requestRetries: 1,
    sessionTimeout: 1000,
    sessionEstablishTimeout: 1000,
    sessionCacheCapacity: 10,
    lookupParallelism: 3,
    lookupRequestLimit: 3,
    lookupNumResults: 16,
    lookupTimeout: 1000,
    pingInterval: 1000,
    enrUpdate: false,
    allowUnverifiedSessions: false,
  }
  const keypair = createKeypair({ type: 'secp256k1', privateKey: secretKey })
  const discv5 = new Discv5(config, new SessionService(config, record, keypair, transport))
  limitNeighbours(discv5)
  return discv5
}

function nodeAt(address: string): ENR {
  return ENR.decode(testRecord({ address, udpPort: 9000 }).encode())
}

/** Signed, newer, and with whatever it may be where an address belongs. */
function recordWith(ip: unknown, secretKey: Uint8Array): ENR {
  const fields = { ip, udp: Uint8Array.of(35, 40) } as Record<string, Uint8Array>
  const record = SignableENR.createV4(secretKey, fields)
  record.seq = 9n
  return ENR.decodeTxt(record.encodeTxt())
}

function listOf(...octets: readonly (readonly number[])[]): Uint8Array[] {
  return octets.map((octet) => Uint8Array.from(octet))
}

/** The table's own update, as upstream takes a newer record that it hears of. */
function hear(discv5: Discv5, record: ENR): void {
  const { kbuckets } = discv5 as unknown as { readonly kbuckets: { update(record: ENR): unknown } }
  kbuckets.update(record)
}

function nodeIdOf(secretKey: Uint8Array): string {
  return SignableENR.createV4(secretKey).nodeId
}

describe('limitNeighbours', () => {
  test('a newer record with a list for an address neither replaces the one before nor closes the table to others', () => {
    const discv5 = limitedNode()
    const secretKey = new Uint8Array(randomBytes(32))
    discv5.addEnr(ENR.decode(testRecord({ address: '45.1.1.1', udpPort: 9000, secretKey }).encode()))
    const odd = recordWith(listOf([255, 255], [1], [2], [3]), secretKey)
    hear(discv5, odd)
    discv5.addEnr(odd)
    assert.equal(discv5.getKadValue(nodeIdOf(secretKey))?.seq, 1n)
    for (let i = 0; i < 5; i++) discv5.addEnr(nodeAt(`45.2.${i}.1`))
    assert.equal(discv5.kadValues().length, 6)
  })

  test('who hides his network in what upstream reads as an address, or has none, is not let in', () => {
    const discv5 = limitedNode()
    const hidden = [listOf([45], [1], [1], [1]), Uint8Array.of(45, 1, 1, 1, 0), undefined]
    for (const ip of hidden) {
      const secretKey = new Uint8Array(randomBytes(32))
      discv5.addEnr(ip === undefined ? SignableENR.createV4(secretKey).toENR() : recordWith(ip, secretKey))
    }
    assert.deepEqual(discv5.kadValues(), [])
  })

  test('nobody moves into a network that is full', () => {
    const discv5 = limitedNode()
    const record = testRecord({ address: '45.9.9.9', udpPort: 9000 })
    discv5.addEnr(ENR.decode(record.encode()))
    for (let i = 0; i < 250; i++) discv5.addEnr(nodeAt(`45.1.1.${i + 1}`))
    record.ip = '45.1.1.1'
    hear(discv5, ENR.decode(record.encode()))
    discv5.addEnr(ENR.decode(record.encode()))
    assert.equal(discv5.getKadValue(record.nodeId)?.seq, 1n)
    record.ip = '45.8.8.8'
    hear(discv5, ENR.decode(record.encode()))
    assert.equal(discv5.getKadValue(record.nodeId)?.ip, '45.8.8.8')
  })

  test('a /24 has two nodes in a bucket and ten in the table, whatever ids it makes', () => {
    const discv5 = limitedNode()
    for (let i = 0; i < 250; i++) discv5.addEnr(nodeAt(`45.1.1.${i + 1}`))
    const values = discv5.kadValues()
    const buckets = Map.groupBy(values, ({ nodeId }) => log2Distance(discv5.enr.nodeId, nodeId))
    assert.ok(values.length <= 10 && values.length >= 6, `${values.length} nodes`)
    assert.ok([...buckets.values()].every(({ length }) => length <= 2))
    const before = values.length
    for (let i = 0; i < 20; i++) discv5.addEnr(nodeAt(`45.1.${i + 2}.1`))
    assert.equal(discv5.kadValues().length > before, true, 'others are let in')
  })

  test('on this machine and in a local network everybody is let in', () => {
    for (const prefix of ['127.0.0', '192.168.1', '10.0.0']) {
      const discv5 = limitedNode()
      for (let i = 0; i < 20; i++) discv5.addEnr(nodeAt(`${prefix}.${i + 1}`))
      assert.ok(discv5.kadValues().length > 15)
    }
  })

  test('a node that is in the table is updated though its network is full', () => {
    const discv5 = limitedNode()
    const record = testRecord({ address: '45.1.1.1', udpPort: 9000 })
    discv5.addEnr(ENR.decode(record.encode()))
    for (let i = 0; i < 100; i++) discv5.addEnr(nodeAt('45.1.1.2'))
    record.set('attnets', new Uint8Array(8))
    discv5.addEnr(ENR.decode(record.encode()))
    assert.equal(discv5.getKadValue(record.nodeId)?.seq, 2n)
  })
})
