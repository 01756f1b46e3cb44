import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Lookups } from '../../../src/discovery-worker/lookups.ts'
import { testRecord } from '../../support/discv5-node.ts'
import { FakeClock } from '../../support/fake-clock.ts'

const TARGET = 'e'.repeat(64)

test('of all lookups of a small network one a minute asks those who answered once more', async () => {
  const clock = new FakeClock()
  const boot = testRecord({ udpPort: 9000 }).toENR()
  let asked = 0
  const ask = async () => {
    asked++
    return []
  }
  const lookups = new Lookups({ clock, localId: '0'.repeat(64), ask, table: () => [boot] })
  const askedBy = async (count: number): Promise<number> => {
    asked = 0
    await Promise.all(Array.from({ length: count }, () => lookups.run(TARGET)))
    return asked
  }
  assert.equal(await askedBy(3), 4)
  clock.advance(59_999)
  assert.equal(await askedBy(1), 1)
  clock.advance(1)
  assert.equal(await askedBy(1), 2)
  assert.equal(lookups.running, 0)
})
