import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RPC } from '@chainsafe/libp2p-gossipsub/message'
import fc from 'fast-check'
import { IhaveEncoder } from '../../../../../src/network-worker/gossip/wire/ihave-encoder.ts'
import { prefixWithLength } from '../../../../../src/network-worker/gossip/wire/length-prefix.ts'

const id = fc.uint8Array({ minLength: 0, maxLength: 200 })
const listing = fc.record({
  topicID: fc.string({ unit: 'grapheme', maxLength: 90 }),
  messageIDs: fc.array(id, { maxLength: 120 }),
})

function byUpstream(ihave: RPC.ControlIHave[]): Uint8Array {
  const control = { ihave, iwant: [], graft: [], prune: [], idontwant: [] }
  return prefixWithLength(RPC.encode({ subscriptions: [], messages: [], control }))
}

test('what we have is encoded as upstream encodes it, at the first peer and at the next', () => {
  fc.assert(
    fc.property(fc.array(listing, { minLength: 1, maxLength: 6 }), (ihave) => {
      const encoder = new IhaveEncoder()
      const expected = byUpstream(ihave)
      assert.ok(Buffer.from(expected).equals(encoder.frame(ihave)))
      assert.ok(Buffer.from(expected).equals(encoder.frame(ihave)))
    }),
  )
})

test('one list of ids in two topics is told of each', () => {
  const messageIDs = [new Uint8Array(20).fill(1)]
  const encoder = new IhaveEncoder()
  const ihave = ['one', 'other'].map((topicID) => ({ topicID, messageIDs }))
  assert.ok(Buffer.from(byUpstream(ihave)).equals(encoder.frame(ihave)))
})
