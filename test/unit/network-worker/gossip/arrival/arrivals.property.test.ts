/** Our way in against upstream's: whatever comes in whatever order, scores, caches, promises and copies are the same. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TopicValidatorResult } from '@chainsafe/libp2p-gossipsub'
import { RPC } from '@chainsafe/libp2p-gossipsub/message'
import fc from 'fast-check'
import type { GossipsubInternals } from '../../../../../src/network-worker/gossip/router/gossipsub-internals.ts'
import type { Verdict } from '../../../../../src/network-worker/validation/verdict.ts'
import {
  addPeer,
  controlRpc,
  type FakePeer,
  names,
  plainRules,
  routerScene,
  TOPIC,
  upstreamRouter,
} from '../router/router-scene.ts'

const PEERS = 4
/** Messages that may come; the verdict on each is fixed. */
const MESSAGES = 9
const ACTIONS = ['accept', 'ignore', 'reject'] as const
const RESULTS = {
  accept: TopicValidatorResult.Accept,
  ignore: TopicValidatorResult.Ignore,
  reject: TopicValidatorResult.Reject,
}

/** `bytes` differ without the id or the verdict doing so; `isSigned` is against the policy. */
interface Step {
  readonly peer: number
  readonly seed: number
  readonly bytes: number
  readonly isSigned: boolean
  readonly isAnnounced: boolean
}

const step: fc.Arbitrary<Step> = fc.record({
  peer: fc.nat(PEERS - 1),
  seed: fc.nat(MESSAGES - 1),
  bytes: fc.constantFrom(40, 41, 3000),
  isSigned: fc.nat(9).map((n) => n === 0),
  isAnnounced: fc.boolean(),
})

function actionOf(payload: Uint8Array): (typeof ACTIONS)[number] {
  return ACTIONS[(payload[0] ?? 0) % ACTIONS.length] ?? 'accept'
}

function ours(): GossipsubInternals {
  const { router } = routerScene()
  const check = (payload: Uint8Array): Verdict => {
    const action = actionOf(payload)
    return action === 'accept' ? { action } : { action, reason: 'bad_layout' }
  }
  router.allow(TOPIC, plainRules({ check }))
  return router
}

interface Validated {
  readonly topicValidators: Map<string, (from: unknown, message: { readonly data: Uint8Array }) => TopicValidatorResult>
}

function theirs(): GossipsubInternals {
  const router = upstreamRouter({
    fastMsgIdFn: ({ topic, data }) => `${topic} ${Buffer.from(data ?? []).toString('hex')}`,
  })
  const { topicValidators } = router as unknown as Validated
  topicValidators.set(TOPIC, (_from, { data }) => RESULTS[actionOf(data)])
  return router
}

async function run(router: GossipsubInternals, steps: readonly Step[]) {
  const peers = names(PEERS).map((name) => addPeer(router, name))
  // Grafted in the same way, which upstream's own `join` does not tell its scores.
  router.mesh.set(TOPIC, new Set())
  for (const { id } of peers) router.addToMesh(id, TOPIC, 'test')
  for (const { peer, seed, bytes, isSigned, isAnnounced } of steps) {
    const { peerId } = peers[peer] ?? assert.fail('no peer')
    const messageIDs = [new Uint8Array(20).fill(seed)]
    if (isAnnounced) await router.handleReceivedRpc(peerId, controlRpc({ ihave: [{ topicID: TOPIC, messageIDs }] }))
    const message = { topic: TOPIC, data: new Uint8Array(bytes).fill(seed) }
    const messages = [isSigned ? { ...message, signature: Uint8Array.of(1) } : message]
    await router.handleReceivedRpc(peerId, { subscriptions: [], messages })
    // Upstream's checks resolve some turns later.
    await new Promise((resolve) => setImmediate(resolve))
  }
  return {
    peers: peers.map((peer) => outcome(router, peer)),
    cached: [...router.mcache.msgs.keys()],
    announced: router.mcache.history[0]?.map(announcement),
    promises: router.gossipTracer.promises.size,
    seen: router.seenCache.size,
  }
}

/** What an entry of a window has for upstream. */
function announcement(entry: unknown) {
  const { msgId, msgIdStr, topic } = entry as { msgId: Uint8Array; msgIdStr: string; topic: string }
  return { msgId, msgIdStr, topic }
}

function outcome(router: GossipsubInternals, { id, control, frames }: FakePeer) {
  const stats = router.score.peerStats.get(id)?.topics[TOPIC]
  const direct = frames.map((frame) => RPC.decode(frame.subarray(frame.length > 129 ? 2 : 1)))
  const rpcs = [...control, ...direct]
  return {
    firstMessageDeliveries: stats?.firstMessageDeliveries,
    meshMessageDeliveries: stats?.meshMessageDeliveries,
    invalidMessageDeliveries: stats?.invalidMessageDeliveries,
    messages: rpcs.flatMap(({ messages }) => messages.map(({ data }) => [data?.[0], data?.length])),
    unwanted: rpcs.flatMap((rpc) => (rpc.control?.idontwant ?? []).map(({ messageIDs }) => messageIDs[0]?.[0])),
    asked: rpcs.flatMap((rpc) => (rpc.control?.iwant ?? []).map(({ messageIDs }) => messageIDs[0]?.[0])),
  }
}

test('any messages, copies, announcements and signed ones, from any peers, leave both the same', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      const [one, other] = [await run(ours(), steps), await run(theirs(), steps)]
      assert.deepEqual(plain(one), plain(other))
    }),
    { numRuns: 150 },
  )
})

/** Without what tells arrays of bytes apart by their memory. */
function plain(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_name, field: unknown) => (field instanceof Uint8Array ? [...field] : field)),
  )
}
