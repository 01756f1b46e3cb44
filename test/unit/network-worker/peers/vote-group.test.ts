import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VoteGroups, voteGroup } from '../../../../src/network-worker/peers/vote-group.ts'

const nowhere = (): boolean => false

test('IPv4 peers vote by /16', () => {
  assert.equal(voteGroup('a', '203.0.113.5', nowhere), voteGroup('b', '203.0.255.255', nowhere))
  assert.notEqual(voteGroup('a', '203.0.113.5', nowhere), voteGroup('a', '203.1.113.5', nowhere))
})

test('IPv6 peers vote by /32', () => {
  assert.equal(voteGroup('a', '2001:db8::1', nowhere), voteGroup('b', '2001:db8:ffff::9', nowhere))
  assert.notEqual(voteGroup('a', '2001:db8::1', nowhere), voteGroup('a', '2001:db9::1', nowhere))
})

test('an IPv4 address is one network, written as IPv6 or not', () => {
  assert.equal(voteGroup('a', '::ffff:203.0.113.5', nowhere), voteGroup('b', '203.0.113.5', nowhere))
})

test('on loopback each peer is a voter of its own', () => {
  const isLoopback = (ip: string): boolean => ip === '127.0.0.1'
  assert.notEqual(voteGroup('a', '127.0.0.1', isLoopback), voteGroup('b', '127.0.0.1', isLoopback))
})

test('peers without an address share one vote', () => {
  assert.equal(voteGroup('a', undefined, nowhere), voteGroup('b', 'relay.example', nowhere))
})

test('a group is worked out once for a record, and anew when its address changes', () => {
  let asked = 0
  const groups = new VoteGroups((ip) => {
    asked++
    return ip === '127.0.0.1'
  })
  const record = { ip: '203.0.113.5' as string | undefined }
  const before = groups.of('a', record)
  assert.equal(groups.of('a', record), before)
  assert.deepEqual([before, asked], [voteGroup('a', '203.0.113.5', nowhere), 1])
  record.ip = '127.0.0.1'
  assert.deepEqual([groups.of('a', record), asked], ['a', 2])
  record.ip = undefined
  assert.equal(groups.of('a', record), groups.of('b', undefined))
  assert.equal(groups.of('a', record), voteGroup('a', undefined, nowhere))
})
