import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DeliveryRecords } from '../../../../../src/network-worker/gossip/arrival/delivery-records.ts'
import { FakeClock } from '../../../../support/fake-clock.ts'

test('a record is made once and keeps who sent copies, each once', () => {
  const records = new DeliveryRecords(new FakeClock())
  const record = records.ensureRecord('a')
  for (const peer of ['x', 'y', 'x']) record.peers.add(peer)
  assert.equal(records.ensureRecord('a'), record)
  assert.equal(records.getRecord('b'), undefined)
  const senders: string[] = []
  record.peers.forEach((peer) => void senders.push(peer))
  assert.deepEqual([senders, record.peers.has('y'), record.peers.has('z')], [['x', 'y'], true, false])
  record.peers.clear()
  assert.equal(record.peers.has('x'), false)
})

test('a record is kept for two minutes, whatever the wall clock does', () => {
  const clock = new FakeClock()
  const records = new DeliveryRecords(clock)
  records.ensureRecord('old')
  clock.advance(60_000)
  records.ensureRecord('new')
  clock.advance(60_000)
  records.gc()
  assert.ok(records.getRecord('old') !== undefined)
  clock.advance(1)
  records.gc()
  assert.deepEqual([records.getRecord('old'), records.records.size], [undefined, 1])
})

test('there are never more than its bound; the oldest go, and are counted', () => {
  const records = new DeliveryRecords(new FakeClock(), 160)
  for (let n = 0; n < 1000; n++) {
    records.ensureRecord(`${n}`)
    assert.ok(records.records.size <= 160)
  }
  assert.equal(records.dropped, 1000 - records.records.size)
  assert.ok(records.getRecord('999') !== undefined && records.getRecord('800') === undefined)
})

test('what is forgotten has a record of its own when it comes again', () => {
  const records = new DeliveryRecords(new FakeClock())
  const record = records.ensureRecord('a')
  records.forget('a')
  assert.equal(records.getRecord('a'), undefined)
  assert.notEqual(records.ensureRecord('a'), record)
})

test('what is disowned says once who sent it, and is ignored from then on', () => {
  const records = new DeliveryRecords(new FakeClock())
  const record = records.ensureRecord('a')
  for (const peer of ['x', 'y']) record.peers.add(peer)
  assert.deepEqual(records.disown('a'), ['x', 'y'])
  assert.deepEqual([records.disown('a'), records.disown('b')], [[], []])
  // Upstream's DeliveryRecordStatus.ignored.
  assert.equal(record.status, 3)
})
