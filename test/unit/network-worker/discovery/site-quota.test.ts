import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { RecordBook } from '../../../../src/network-worker/discovery/record-book.ts'
import { MAX_RECORDS_PER_SITE, SiteQuota } from '../../../../src/network-worker/discovery/site-quota.ts'
import { FakeClock } from '../../../support/fake-clock.ts'
import { peerOf, recordOf } from './record-of.ts'

function bookOf(): RecordBook {
  return new RecordBook({ clock: new FakeClock(), restored: [], onKept: () => {}, onForgotten: () => {} })
}

/** The `number`th record of one /24. */
function neighbour(number: number, overrides: Parameters<typeof recordOf>[1] = {}) {
  return recordOf(number, { ip: `9.8.7.${number % 256}`, ...overrides })
}

test('one network has its share of the book, and others have room', () => {
  const book = bookOf()
  for (let number = 0; number < 1000; number++) book.take(neighbour(number))
  assert.equal(book.size, MAX_RECORDS_PER_SITE)
  assert.equal(book.take(recordOf(2000)), 'new')
  assert.equal(book.take(neighbour(3, { seq: '2' })), 'newer')
})

test('who leaves makes room, by being forgotten or by moving away', () => {
  const book = bookOf()
  for (let number = 0; number < MAX_RECORDS_PER_SITE; number++) book.take(neighbour(number))
  assert.equal(book.take(neighbour(100)), 'known')
  book.forget(peerOf(1))
  assert.equal(book.take(neighbour(100)), 'new')
  assert.equal(book.take(neighbour(2, { seq: '2', ip: '5.5.5.5' })), 'newer')
  assert.equal(book.take(neighbour(101)), 'new')
  assert.equal(book.take(neighbour(102)), 'known')
})

test('nobody moves to where there is no room: the record before it stays', () => {
  const book = bookOf()
  for (let number = 0; number < MAX_RECORDS_PER_SITE; number++) book.take(neighbour(number))
  book.take(recordOf(500, { ip: '5.5.5.5' }))
  assert.equal(book.take(recordOf(500, { ip: '9.8.7.1', seq: '2' })), 'known')
  assert.equal(book.get(peerOf(500))?.ip, '5.5.5.5')
})

test('an IPv6 address beside the other counts as well, and neighbours in a local network do not', () => {
  const book = bookOf()
  for (let number = 0; number < 300; number++) book.take(recordOf(number, { ip6: `2a01:4f8:1:${number}::1` }))
  assert.equal(book.size, MAX_RECORDS_PER_SITE)
  for (let number = 300; number < 400; number++) book.take(recordOf(number, { ip: `127.0.0.${number - 300}` }))
  for (let number = 400; number < 500; number++) book.take(recordOf(number, { ip: `10.0.0.${number - 400}` }))
  assert.equal(book.size, MAX_RECORDS_PER_SITE + 200)
})

test('what is added and removed again leaves nothing', () => {
  const ip = fc.option(fc.ipV4(), { nil: undefined })
  const ip6 = fc.option(fc.ipV6(), { nil: undefined })
  fc.assert(
    fc.property(fc.array(fc.record({ ip, ip6 })), (places) => {
      const quota = new SiteQuota()
      for (const place of places) quota.add(place)
      assert.ok(quota.size <= places.length * 2)
      for (const place of places) quota.remove(place)
      assert.equal(quota.size, 0)
    }),
  )
})
