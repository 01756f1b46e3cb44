import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ENR } from '@chainsafe/enr'
import { FoundNodes } from '../../../src/discovery-worker/found-nodes.ts'
import type { NodeRecord } from '../../../src/shared/node-record.ts'
import { testRecord } from '../../support/discv5-node.ts'
import { FakeClock } from '../../support/fake-clock.ts'

function scene(localId = '0'.repeat(64)) {
  const clock = new FakeClock()
  const told: NodeRecord[] = []
  return { clock, told, found: new FoundNodes({ clock, localId, onFound: (record) => void told.push(record) }) }
}

describe('FoundNodes', () => {
  test('tells a record once, a newer one at once, an older one never', () => {
    const { told, found } = scene()
    const record = testRecord({ udpPort: 9000 })
    const first = record.toENR()
    record.set('attnets', new Uint8Array(8))
    const second = record.toENR()
    for (const enr of [first, first, second, first, second]) found.saw(enr)
    assert.deepEqual(
      told.map(({ seq }) => seq),
      ['1', '2'],
    )
  })

  test('tells it again when it is heard of ten minutes later', () => {
    const { clock, told, found } = scene()
    const record = testRecord({ udpPort: 9000 }).toENR()
    found.saw(record)
    clock.advance(599_999)
    found.saw(record)
    assert.equal(told.length, 1)
    clock.advance(1)
    found.saw(record)
    assert.equal(told.length, 2)
  })

  test('our own record is no find, and one whose signature does not fit is none', () => {
    const ours = testRecord({ udpPort: 9000 }).toENR()
    const { told, found } = scene(ours.nodeId)
    found.saw(ours)
    const { kvs, seq, signature } = testRecord({ udpPort: 9001 }).toENR()
    found.saw(new ENR(kvs, seq + 1n, signature))
    assert.deepEqual(told, [])
    assert.equal(found.invalid, 1)
  })
})
