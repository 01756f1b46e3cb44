import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RPC } from '@chainsafe/libp2p-gossipsub/message'
import fc from 'fast-check'
import { prefixWithLength } from '../../../../../src/network-worker/gossip/wire/length-prefix.ts'
import { unwantedFrame } from '../../../../../src/network-worker/gossip/wire/unwanted-frame.ts'
import { controlRpc } from '../router/router-scene.ts'

test('byte for byte the RPC that the codec of the library makes, with its length before it', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 20, maxLength: 20 }), (msgId) => {
      const rpc = RPC.encode(controlRpc({ idontwant: [{ messageIDs: [msgId] }] }))
      assert.deepEqual(unwantedFrame(msgId), prefixWithLength(rpc))
    }),
  )
})
