/** Whatever a peer writes on its gossip stream, from the bytes to the router: offences and nothing else, within bounds. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RPC } from '@chainsafe/libp2p-gossipsub/message'
import fc from 'fast-check'
import { MAX_UNWANTED_IDS } from '../../../../../src/network-worker/gossip/router/announcing-router.ts'
import { prefixWithLength } from '../../../../../src/network-worker/gossip/wire/length-prefix.ts'
import { WireEnd } from '../../../../support/memory-wire.ts'
import { broken, cutAt } from '../../../../support/mutated-bytes.ts'
import { addPeer, OTHER_TOPIC, plainRules, routerScene, TOPIC } from '../router/router-scene.ts'

const ID_TEXT = /^[0-9a-f]{40}$/
/** Of upstream: those of IHAVE that are asked for, in one heartbeat. */
const MAX_ASKED_IDS = 5000

const topic = fc.constantFrom(TOPIC, OTHER_TOPIC, 'another', '')
const ids = fc.array(fc.uint8Array({ minLength: 18, maxLength: 21 }), { maxLength: 6 })
const listOf = <T>(value: fc.Arbitrary<T>) => fc.array(value, { maxLength: 3 })
const rpc = fc.record({
  subscriptions: listOf(fc.record({ subscribe: fc.boolean(), topic })),
  messages: listOf(fc.record({ topic, data: fc.uint8Array({ maxLength: 60 }) })),
  control: fc.record({
    ihave: listOf(fc.record({ topicID: topic, messageIDs: ids })),
    iwant: listOf(fc.record({ messageIDs: ids })),
    graft: listOf(fc.record({ topicID: topic })),
    prune: listOf(fc.record({ topicID: topic, peers: fc.constant([]), backoff: fc.nat(2 ** 40) })),
    idontwant: listOf(fc.record({ messageIDs: ids })),
  }),
}) as fc.Arbitrary<RPC>
const valid = rpc.map((value) => Uint8Array.from(RPC.encode(value)))
/** Frames with what is no RPC in them, and frames that are none. */
const stream = fc
  .array(
    fc.oneof(valid.map(prefixWithLength), broken(valid).map(prefixWithLength), broken(valid.map(prefixWithLength))),
    {
      maxLength: 5,
    },
  )
  .map((frames) => Uint8Array.from(Buffer.concat(frames)))

for (const layers of ['own', 'stock'] as const) {
  test(`${layers} layers: what is no RPC is an offence, and what is kept of the others is bounded`, async () => {
    await fc.assert(
      fc.asyncProperty(stream, fc.array(fc.nat(), { maxLength: 6 }), async (bytes, places) => {
        const { router, offences } = routerScene({ layers })
        router.allow(TOPIC, plainRules())
        const { peerId, id } = addPeer(router, 'peer', { topics: [] })
        const [end] = WireEnd.pair()
        router.createInboundStream(peerId, end as never)
        for (const piece of cutAt(bytes, places)) {
          end.deliverHere(piece)
          await new Promise((resolve) => setImmediate(resolve))
        }
        for (const [from, { kind }] of offences) assert.deepEqual([from, kind], [id, 'bad_rpc'])
        const unwanted = [...(router.idontwants.get(id)?.keys() ?? [])]
        assert.ok(unwanted.length <= MAX_UNWANTED_IDS)
        assert.ok(router.gossipTracer.promises.size <= MAX_ASKED_IDS)
        for (const text of unwanted) assert.match(text, ID_TEXT)
        // Of topics that the network has, and of no others.
        for (const name of router.topics.keys()) assert.ok([TOPIC, OTHER_TOPIC].includes(name), name)
      }),
      { numRuns: 200 },
    )
  })
}
