import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { ENR, SignableENR } from '@chainsafe/enr'
import { createForkSchedule } from '../../../../src/consensus/fork-schedule.ts'
import { type EnrEndpoint, enrFork, type FamilyEndpoint } from '../../../../src/network-worker/host/enr-fields.ts'
import { LocalEnr } from '../../../../src/network-worker/host/local-enr.ts'
import type { LocalMetadata } from '../../../../src/network-worker/host/local-metadata.ts'
import { ENR_FILE } from '../../../../src/shared/data-files.ts'
import { relayNetwork } from '../../../support/relay-config.ts'
import { scratchDirectory } from './scratch-directory.ts'

const KEY = new Uint8Array(32).fill(7)
/** Late in 2023, and what a record that is begun then counts from. */
const NOW_MS = 1_700_000_000_000
const BEGUN = BigInt(NOW_MS)
const FORK = enrFork(createForkSchedule(relayNetwork()), 0)
const V4: FamilyEndpoint = { ip: '203.0.113.5', tcp: 9000, udp: 9002, quic: 9001 }
const V6: FamilyEndpoint = { ip: '2001:db8::5', tcp: 9100, udp: 9102, quic: 9101 }
const ENDPOINT: EnrEndpoint = { v4: V4, v6: undefined }
const METADATA: LocalMetadata = {
  seqNumber: 3n,
  attnets: Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0x80),
  syncnets: Uint8Array.of(5),
  custodyGroupCount: 4,
}

function keysOf(enr: LocalEnr): readonly string[] {
  return [...ENR.decodeTxt(enr.text).kvs.keys()]
}

/** Puts a record signed by the key into the data dir, as another release may have left it. */
function leaveRecord(directory: string, pairs: Record<string, Uint8Array>): void {
  writeFileSync(join(directory, ENR_FILE), `${SignableENR.createV4(KEY, pairs).encodeTxt()}\n`)
}

test('both families at once, and the signature holds', () => {
  using directory = scratchDirectory()
  const enr = new LocalEnr(directory.path, KEY, NOW_MS)
  enr.update({ v4: V4, v6: V6 }, FORK, METADATA)
  const record = ENR.decodeTxt(enr.text)
  assert.deepEqual([record.ip, record.tcp, record.udp, record.quic], ['203.0.113.5', 9000, 9002, 9001])
  assert.deepEqual([record.tcp6, record.udp6, record.quic6], [9100, 9102, 9101])
  assert.deepEqual([...(record.kvs.get('ip6') ?? [])], [0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5])
  assert.equal(Buffer.from(enr.nodeId).toString('hex'), record.nodeId)
  assert.deepEqual(enr.endpoint, { v4: V4, v6: V6 })
})

test('a family that goes takes its fields with it', () => {
  using directory = scratchDirectory()
  const enr = new LocalEnr(directory.path, KEY, NOW_MS)
  enr.update({ v4: V4, v6: V6 }, FORK, METADATA)
  enr.update({ v4: undefined, v6: V6 }, FORK, METADATA)
  for (const key of ['ip', 'tcp', 'udp', 'quic']) assert.ok(!keysOf(enr).includes(key), key)
  assert.deepEqual(enr.endpoint.v6, V6)
})

test('an unknown endpoint leaves its fields out', () => {
  using directory = scratchDirectory()
  const enr = new LocalEnr(directory.path, KEY, NOW_MS)
  enr.update({ v4: { ip: undefined, tcp: 9000, udp: undefined, quic: undefined }, v6: undefined }, FORK, METADATA)
  assert.deepEqual(keysOf(enr), ['attnets', 'cgc', 'eth2', 'id', 'nfd', 'secp256k1', 'syncnets', 'tcp'])
})

test('the sequence number rises by one per change of content and not without one', () => {
  using directory = scratchDirectory()
  const enr = new LocalEnr(directory.path, KEY, NOW_MS)
  assert.equal(enr.update(ENDPOINT, FORK, METADATA), true)
  assert.equal(ENR.decodeTxt(enr.text).seq, BEGUN + 1n)
  const { text } = enr
  assert.equal(enr.update(ENDPOINT, FORK, METADATA), false)
  assert.equal(enr.update({ ...ENDPOINT }, FORK, { ...METADATA, seqNumber: 99n }), false)
  assert.equal(enr.text, text)
  assert.equal(enr.update({ v4: { ...V4, tcp: 9100 }, v6: V6 }, FORK, METADATA), true)
  assert.equal(ENR.decodeTxt(enr.text).seq, BEGUN + 2n)
})

test('the file is written for a change only', () => {
  using directory = scratchDirectory()
  const path = join(directory.path, ENR_FILE)
  const enr = new LocalEnr(directory.path, KEY, NOW_MS)
  enr.save()
  assert.ok(!existsSync(path))
  enr.update(ENDPOINT, FORK, METADATA)
  enr.save()
  assert.equal(readFileSync(path, 'utf8'), `${enr.text}\n`)
  assert.deepEqual(readdirSync(directory.path), [ENR_FILE])
  rmSync(path)
  enr.update(ENDPOINT, FORK, METADATA)
  enr.save()
  assert.ok(!existsSync(path))
})

test('what could not be written is written by the next call', () => {
  using directory = scratchDirectory()
  const path = join(directory.path, 'data')
  const enr = new LocalEnr(path, KEY, NOW_MS)
  enr.update(ENDPOINT, FORK, METADATA)
  assert.throws(() => enr.save(), { code: 'ENOENT' })
  mkdirSync(path)
  assert.equal(enr.update(ENDPOINT, FORK, METADATA), false)
  enr.save()
  assert.equal(readFileSync(join(path, ENR_FILE), 'utf8'), `${enr.text}\n`)
})

test('a restart goes on where the last run ended', () => {
  using directory = scratchDirectory()
  const first = new LocalEnr(directory.path, KEY, NOW_MS)
  first.update(ENDPOINT, FORK, METADATA)
  first.save()
  const reopened = new LocalEnr(directory.path, KEY, NOW_MS)
  assert.equal(reopened.text, first.text)
  assert.deepEqual(reopened.endpoint.v4, V4)
  assert.equal(reopened.update(ENDPOINT, FORK, METADATA), false)
  reopened.update({ v4: V4, v6: V6 }, FORK, METADATA)
  assert.equal(ENR.decodeTxt(reopened.text).seq, BEGUN + 2n)
})

test('fields this release does not know stay', () => {
  using directory = scratchDirectory()
  leaveRecord(directory.path, { zz: Uint8Array.of(1, 2, 3), tcp6: Uint8Array.of(1, 1) })
  const enr = new LocalEnr(directory.path, KEY, NOW_MS)
  enr.update(ENDPOINT, FORK, METADATA)
  const { kvs, seq } = ENR.decodeTxt(enr.text)
  assert.deepEqual([...(kvs.get('zz') ?? [])], [1, 2, 3])
  assert.ok(!kvs.has('tcp6'))
  assert.equal(seq, 2n)
})

test('fields this release does not know go when they leave no room for ours', () => {
  using directory = scratchDirectory()
  leaveRecord(directory.path, { zz: new Uint8Array(150).fill(1) })
  const enr = new LocalEnr(directory.path, KEY, NOW_MS)
  assert.equal(enr.update({ v4: V4, v6: V6 }, FORK, METADATA), true)
  assert.ok(!keysOf(enr).includes('zz'))
  assert.deepEqual(enr.endpoint, { v4: V4, v6: V6 })
  assert.equal(ENR.decodeTxt(enr.text).seq, 2n)
})

test('a record of another key, or no record at all, is started anew', () => {
  for (const text of [SignableENR.createV4(new Uint8Array(32).fill(8)).encodeTxt(), 'rubbish', '']) {
    using directory = scratchDirectory()
    writeFileSync(join(directory.path, ENR_FILE), text)
    const enr = new LocalEnr(directory.path, KEY, NOW_MS)
    enr.update(ENDPOINT, FORK, METADATA)
    const record = ENR.decodeTxt(enr.text)
    assert.equal(record.seq, BEGUN + 1n)
    assert.deepEqual(record.nodeId, SignableENR.createV4(KEY).nodeId)
  }
})

test('a record that is lost comes back with a higher number than it ever had', () => {
  using directory = scratchDirectory()
  const before = new LocalEnr(directory.path, KEY, NOW_MS)
  for (let tcp = 9000; tcp < 9010; tcp++) before.update({ v4: { ...V4, tcp }, v6: V6 }, FORK, METADATA)
  before.save()
  rmSync(join(directory.path, ENR_FILE))
  const later = new LocalEnr(directory.path, KEY, NOW_MS + 60_000)
  later.update(ENDPOINT, FORK, METADATA)
  assert.ok(ENR.decodeTxt(later.text).seq > ENR.decodeTxt(before.text).seq)
})

test('a file counts, whatever the clock says', () => {
  for (const clockMs of [0, -1, NOW_MS + 1e12]) {
    using directory = scratchDirectory()
    const first = new LocalEnr(directory.path, KEY, NOW_MS)
    first.update(ENDPOINT, FORK, METADATA)
    first.save()
    const reopened = new LocalEnr(directory.path, KEY, clockMs)
    reopened.update({ v4: V4, v6: V6 }, FORK, METADATA)
    assert.equal(ENR.decodeTxt(reopened.text).seq, BEGUN + 2n)
  }
})

test('a clock before 1970, or of fractions, begins a record all the same', () => {
  for (const [clockMs, seq] of [
    [-5, 1n],
    [2.75, 3n],
  ] as const) {
    using directory = scratchDirectory()
    const enr = new LocalEnr(directory.path, KEY, clockMs)
    enr.update(ENDPOINT, FORK, METADATA)
    assert.equal(ENR.decodeTxt(enr.text).seq, seq)
  }
})
