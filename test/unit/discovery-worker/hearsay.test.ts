import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ENR } from '@chainsafe/enr'
import { isCredible } from '../../../src/discovery-worker/hearsay.ts'
import { testRecord } from '../../support/discv5-node.ts'

const PLACES = {
  world: '9.8.7.6',
  world6: '2a01:4f8::1',
  lan: '192.168.1.1',
  lan6: 'fd00::1',
  machine: '127.0.0.1',
  machine6: '::1',
  mapped: '::ffff:127.0.0.1',
  everybody: '239.1.2.3',
  nobody: '0.0.0.0',
} as const

function at(address: string): ENR {
  return testRecord({ address, udpPort: 9000 }).toENR()
}

function toldBy(teller: string): string[] {
  return Object.entries(PLACES).flatMap(([name, address]) => (isCredible(at(teller), at(address)) ? [name] : []))
}

test('a node tells of nobody nearer than itself', () => {
  const world = ['world', 'world6']
  const local = [...world, 'lan', 'lan6']
  assert.deepEqual(toldBy(PLACES.world), world)
  assert.deepEqual(toldBy(PLACES.world6), world)
  assert.deepEqual(toldBy(PLACES.lan), local)
  assert.deepEqual(toldBy(PLACES.machine), [...local, 'machine', 'machine6', 'mapped'])
})

test('one address of another scope is enough, and one of a wrong length', () => {
  const both = testRecord({ address: PLACES.world, udpPort: 9000 })
  both.ip6 = PLACES.machine6
  assert.equal(isCredible(at(PLACES.world), both.toENR()), false)
  const odd = testRecord({ udpPort: 9000, fields: { ip: new Uint8Array(3) } }).toENR()
  assert.equal(isCredible(at(PLACES.machine), odd), false)
})
