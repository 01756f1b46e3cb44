import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HalfOpenConnections, MAX_HALF_OPEN } from '../../../../src/network-worker/host/half-open.ts'

class FakeConnection extends EventTarget {
  isAborted = false
  abort(): void {
    this.isAborted = true
    this.dispatchEvent(new Event('close'))
  }
}

function fill(halfOpen: HalfOpenConnections, place: string, count: number): FakeConnection[] {
  return Array.from({ length: count }, () => {
    const connection = new FakeConnection()
    halfOpen.enter(place, connection)
    return connection
  })
}

function aborted(connections: readonly FakeConnection[]): number {
  return connections.filter(({ isAborted }) => isAborted).length
}

test('when it is full the oldest of the place with the most goes, and whoever comes alone stays', () => {
  const halfOpen = new HalfOpenConnections()
  const few = fill(halfOpen, 'few', 56)
  const many = fill(halfOpen, 'many', 200)
  assert.equal(aborted([...few, ...many]), 0)
  const honest = fill(halfOpen, 'honest', 1)
  assert.deepEqual([aborted(honest), aborted(few), aborted(many)], [0, 0, 1])
  assert.equal(many[0]?.isAborted, true)
  fill(halfOpen, 'many', 500)
  assert.deepEqual([aborted(honest), aborted(few)], [0, 0])
  assert.equal(halfOpen.size, MAX_HALF_OPEN)
  assert.equal(halfOpen.ended, 501)
})

test('what is made, or has ended, takes no place any more', () => {
  const halfOpen = new HalfOpenConnections()
  const made = fill(halfOpen, 'a', 100)
  for (const connection of made) halfOpen.leave(connection)
  for (const connection of made) halfOpen.leave(connection)
  for (const connection of fill(halfOpen, 'b', 100)) connection.dispatchEvent(new Event('close'))
  assert.equal(halfOpen.size, 0)
  fill(halfOpen, 'c', MAX_HALF_OPEN)
  assert.deepEqual([halfOpen.size, halfOpen.ended, aborted(made)], [MAX_HALF_OPEN, 0, 0])
})
