import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { putInOrder, sendingCost } from '../../../../../src/network-worker/gossip/sending/receiver-order.ts'

const anyRtt = fc.option(fc.double({ min: 0, max: 10_000, noNaN: true }), { nil: undefined })
/** As copy-ledger.ts has it after 64 messages: from 2 of 68 on. */
const anyShare = fc.double({ min: 0.029, max: 1, noNaN: true })

test('own peers come before all others, and among themselves in the same order', () => {
  fc.assert(
    fc.property(anyRtt, anyShare, anyRtt, anyShare, (rtt, share, otherRtt, otherShare) => {
      const [own, stranger] = [sendingCost(true, rtt, share), sendingCost(false, otherRtt, otherShare)]
      assert.ok(own < stranger)
    }),
  )
  assert.ok(sendingCost(true, 10, 0.5) < sendingCost(true, 11, 0.5))
})

test('near before far, and who lacks much before who lacks little', () => {
  assert.ok(sendingCost(false, 10, 0.5) < sendingCost(false, 80, 0.5))
  assert.ok(sendingCost(false, 80, 0.9) < sendingCost(false, 80, 0.5))
  assert.ok(sendingCost(false, 200, 0.9) < sendingCost(false, 10, 0.05), 'the near one has nearly all of it anyway')
  assert.ok(
    sendingCost(false, 20, 0.45) < sendingCost(false, 200, 0.9),
    'twice the need does not outweigh five times the distance',
  )
})

test('one that was not measured yet stands between the near and the far', () => {
  const unknown = sendingCost(false, undefined, 0.5)
  assert.ok(sendingCost(false, 30, 0.5) < unknown && unknown < sendingCost(false, 250, 0.5))
})

test('a mesh is put in order in place, with whom it had before', () => {
  const names = fc.uniqueArray(fc.string(), { maxLength: 30 })
  fc.assert(
    fc.property(names, fc.array(fc.nat(9), { minLength: 30, maxLength: 30 }), (peers, costs) => {
      const byPeer = new Map(peers.map((peerId, index) => [peerId, costs[index] ?? 0]))
      const costOf = (peerId: string): number => byPeer.get(peerId) ?? assert.fail('a stranger')
      const mesh = new Set(peers)
      putInOrder(mesh, costOf)
      assert.deepEqual(
        [...mesh],
        peers.toSorted((a, b) => costOf(a) - costOf(b)),
      )
    }),
  )
})

test('a mesh in order is left alone: nobody is moved among equals', () => {
  class Counted extends Set<string> {
    cleared = 0
    override clear(): void {
      this.cleared++
      super.clear()
    }
  }
  const mesh = new Counted(['c', 'a', 'b'])
  putInOrder(mesh, (peerId) => (peerId === 'b' ? 2 : 1))
  assert.deepEqual([[...mesh], mesh.cleared], [['c', 'a', 'b'], 0])
})
