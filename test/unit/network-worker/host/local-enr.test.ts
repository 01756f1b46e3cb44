import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { ENR, SignableENR } from '@chainsafe/enr'
import type { DigestEntry } from '../../../../src/consensus/fork-schedule.ts'
import { ENR_FILE, type EnrEndpoint, type EnrFork, LocalEnr } from '../../../../src/network-worker/host/local-enr.ts'
import type { LocalMetadata } from '../../../../src/network-worker/host/local-metadata.ts'
import { scratchDirectory } from './scratch-directory.ts'

const KEY = new Uint8Array(32).fill(7)
const CURRENT: DigestEntry = {
  epoch: 411_392,
  fork: 'fulu',
  forkVersionHex: '06000000',
  digestHex: '8c9f62fe',
  maxBlobsPerBlock: 15,
}
const NEXT: DigestEntry = { ...CURRENT, epoch: 0x01_02_03, digestHex: 'aabbccdd', forkVersionHex: '07000000' }
const FORK: EnrFork = { current: CURRENT, next: NEXT }
const ENDPOINT: EnrEndpoint = { ip: '203.0.113.5', tcp: 9000, udp: 9002, quic: 9001 }
const METADATA: LocalMetadata = {
  seqNumber: 3n,
  attnets: Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0x80),
  syncnets: Uint8Array.of(5),
  custodyGroupCount: 4,
}

/** The field of a record by its key, as hex. */
function field(text: string, key: string): string | undefined {
  const value = ENR.decodeTxt(text).kvs.get(key)
  return value === undefined ? undefined : Buffer.from(value).toString('hex')
}

test('the record carries every field, and its signature holds', () => {
  using directory = scratchDirectory()
  const enr = new LocalEnr(directory.path, KEY)
  enr.update(ENDPOINT, FORK, METADATA)
  const record = ENR.decodeTxt(enr.text)
  assert.deepEqual([record.ip, record.tcp, record.udp, record.quic], ['203.0.113.5', 9000, 9002, 9001])
  assert.equal(field(enr.text, 'eth2'), '8c9f62fe' + '07000000' + '0302010000000000')
  assert.equal(field(enr.text, 'nfd'), 'aabbccdd')
  assert.equal(field(enr.text, 'attnets'), '0100000000000080')
  assert.equal(field(enr.text, 'syncnets'), '05')
  assert.equal(field(enr.text, 'cgc'), '04')
  assert.equal(Buffer.from(enr.nodeId).toString('hex'), record.nodeId)
})

test('without a fork ahead: zeros, our own version, the far future', () => {
  using directory = scratchDirectory()
  const enr = new LocalEnr(directory.path, KEY)
  enr.update(ENDPOINT, { current: CURRENT, next: undefined }, METADATA)
  assert.equal(field(enr.text, 'eth2'), '8c9f62fe' + '06000000' + 'ffffffffffffffff')
  assert.equal(field(enr.text, 'nfd'), '00000000')
})

test('custody group counts have no leading zeros, and zero is empty', () => {
  using directory = scratchDirectory()
  const enr = new LocalEnr(directory.path, KEY)
  for (const [count, hex] of [
    [0, ''],
    [4, '04'],
    [128, '80'],
    [256, '0100'],
  ] as const) {
    enr.update(ENDPOINT, FORK, { ...METADATA, custodyGroupCount: count })
    assert.equal(field(enr.text, 'cgc'), hex)
  }
})

test('an IPv6 endpoint goes into the fields of its family and takes the others away', () => {
  using directory = scratchDirectory()
  const enr = new LocalEnr(directory.path, KEY)
  enr.update(ENDPOINT, FORK, METADATA)
  enr.update({ ...ENDPOINT, ip: '2001:db8::5' }, FORK, METADATA)
  const { kvs, ip6, tcp6, quic6, udp6 } = ENR.decodeTxt(enr.text)
  for (const key of ['ip', 'tcp', 'udp', 'quic']) assert.ok(!kvs.has(key), key)
  assert.deepEqual([tcp6, udp6, quic6], [9000, 9002, 9001])
  assert.ok(ip6?.startsWith('2001:db8:'), ip6)
})

test('an unknown endpoint leaves its fields out', () => {
  using directory = scratchDirectory()
  const enr = new LocalEnr(directory.path, KEY)
  enr.update({ ip: undefined, tcp: undefined, udp: undefined, quic: undefined }, FORK, METADATA)
  const { kvs } = ENR.decodeTxt(enr.text)
  for (const key of ['ip', 'ip6', 'tcp', 'udp', 'quic']) assert.ok(!kvs.has(key), key)
})

test('the sequence number rises by one per change of content and not without one', () => {
  using directory = scratchDirectory()
  const enr = new LocalEnr(directory.path, KEY)
  assert.equal(enr.update(ENDPOINT, FORK, METADATA), true)
  assert.equal(ENR.decodeTxt(enr.text).seq, 1n)
  assert.equal(enr.update(ENDPOINT, FORK, METADATA), false)
  assert.equal(enr.update({ ...ENDPOINT }, FORK, { ...METADATA, seqNumber: 99n }), false)
  assert.equal(ENR.decodeTxt(enr.text).seq, 1n)
  assert.equal(enr.update({ ...ENDPOINT, tcp: 9100 }, FORK, METADATA), true)
  assert.equal(ENR.decodeTxt(enr.text).seq, 2n)
})

test('the file is written for a change only', () => {
  using directory = scratchDirectory()
  const path = join(directory.path, ENR_FILE)
  const enr = new LocalEnr(directory.path, KEY)
  assert.ok(!existsSync(path))
  enr.update(ENDPOINT, FORK, METADATA)
  assert.equal(readFileSync(path, 'utf8'), `${enr.text}\n`)
  assert.deepEqual(readdirSync(directory.path), [ENR_FILE])
  rmSync(path)
  enr.update(ENDPOINT, FORK, METADATA)
  assert.ok(!existsSync(path))
})

test('a restart goes on where the last run ended', () => {
  using directory = scratchDirectory()
  new LocalEnr(directory.path, KEY).update(ENDPOINT, FORK, METADATA)
  const reopened = new LocalEnr(directory.path, KEY)
  assert.equal(reopened.update(ENDPOINT, FORK, METADATA), false)
  assert.equal(ENR.decodeTxt(reopened.text).seq, 1n)
  reopened.update({ ...ENDPOINT, tcp: 9100 }, FORK, METADATA)
  assert.equal(ENR.decodeTxt(reopened.text).seq, 2n)
})

test('a record of another key, or no record at all, is started anew', () => {
  for (const text of [SignableENR.createV4(new Uint8Array(32).fill(8)).encodeTxt(), 'rubbish', '']) {
    using directory = scratchDirectory()
    writeFileSync(join(directory.path, ENR_FILE), text)
    const enr = new LocalEnr(directory.path, KEY)
    enr.update(ENDPOINT, FORK, METADATA)
    const record = ENR.decodeTxt(enr.text)
    assert.equal(record.seq, 1n)
    assert.deepEqual(record.nodeId, SignableENR.createV4(KEY).nodeId)
  }
})
