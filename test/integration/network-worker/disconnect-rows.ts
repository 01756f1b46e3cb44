/** The codes of goodbyes, each with how a relay comes to say it or why it never does, and what it is called when heard. */
import { multiaddr } from '@multiformats/multiaddr'
import { formatTopic } from '../../../src/consensus/topic.ts'
import type { GoodbyeReason, KnownGoodbyeCode } from '../../../src/network-worker/peers/goodbye-reason.ts'
import type { DisconnectReason } from '../../../src/rpc/peer-views.ts'
import { freshStatus, type GossipPeer, type GossipPeerOptions } from '../../support/gossip-peer.ts'
import type { RunningRelay } from '../../support/two-nodes.ts'
import { until } from '../../support/until.ts'
import { type Cannot, comes, DIGEST, type Scene, scene } from './reported-peer.ts'

/** One way in which a session comes to be ended by the relay. */
export interface Ending {
  readonly what: string
  /** Starts what it takes on `stack` and has it happen; answers between whom. */
  readonly play: (stack: AsyncDisposableStack) => Promise<Scene>
}

interface Sent {
  readonly word: DisconnectReason
  readonly by: readonly [Ending, ...(readonly Ending[])]
}

function ending(what: string, act: (all: Scene) => unknown, options: Partial<GossipPeerOptions> = {}): Ending {
  return {
    what,
    async play(stack) {
      const all = stack.use(await scene(options))
      await comes(all)
      await act(all)
      return all
    },
  }
}

const NO_GOSSIP: Ending = {
  what: 'a peer that speaks no gossipsub',
  async play(stack) {
    const all = stack.use(await scene())
    const { node } = all.peer
    await node.unhandle(node.getProtocols().filter((id) => id.startsWith('/meshsub/')))
    await all.peer.dial(all.relay.addresses[0] ?? '')
    return all
  },
}

const IMPOSSIBLE_CUSTODY: Ending = {
  what: 'a peer whose metadata is impossible',
  async play(stack) {
    const all = stack.use(await scene({ custodyGroupCount: 200 }))
    await all.relay.control.connectPeer({ multiaddr: all.peer.address })
    return all
  },
}

/** Sends a ping that does not decode, which is a ban at once. */
export async function sendBadPing(peer: GossipPeer, relay: RunningRelay): Promise<void> {
  const protocol = '/eth2/beacon_chain/req/ping/1/ssz_snappy'
  const stream = await peer.node.dialProtocol(multiaddr(relay.addresses[0]), protocol)
  stream.send(Buffer.from('08deadbeefdeadbeefdeadbeef', 'hex'))
}

/** Three low penalties: below the threshold of a disconnect, above that of a ban. */
async function sendBadExits({ relay, peer }: Scene): Promise<void> {
  const topic = formatTopic(DIGEST, 'voluntary_exit')
  for (let fill = 1; fill <= 3; fill++) await peer.publish(topic, new Uint8Array(400).fill(0xff - fill))
  await until('the disconnect', () => peer.goodbyes.length > 0)
  if (relay.scoreBans.length > 0) throw new Error('a ban')
}

/** By type a code that a relay can say has a way to come about, and no other has. */
export const SENT: { readonly [Code in KnownGoodbyeCode]: Code extends GoodbyeReason ? Sent : Cannot } = {
  0: { word: 'unknown', by: [NO_GOSSIP] },
  1: { word: 'client_shutdown', by: [ending('a stop', ({ relay }) => relay.node.stop())] },
  2: {
    word: 'irrelevant_network',
    by: [
      ending('a peer of another network', ({ relay, peer }) => peer.reqResp.status(relay.peerId), {
        status: () => freshStatus('deadbeef'),
      }),
    ],
  },
  3: { word: 'io_error', by: [IMPOSSIBLE_CUSTODY] },
  128: { cannot: 'a relay verifies no chain; a peer of another network is told 2' },
  129: {
    word: 'too_many_peers',
    by: [ending("an operator's disconnect", ({ relay, peer }) => relay.control.disconnectPeer(peer.peerId))],
  },
  130: { cannot: 'who asks too much is answered 139 and loses score' },
  237: { cannot: "Nimbus' code for what a relay calls 250" },
  250: {
    word: 'bad_score',
    by: [
      ending('a ban by score', ({ relay, peer }) => sendBadPing(peer, relay)),
      ending('a score that is bad, and no ban', sendBadExits),
    ],
  },
  251: {
    word: 'bad_score',
    by: [
      ending("an operator's ban", ({ relay, peer }) => relay.control.changeAccess({ ban: [peer.peerId] })),
      ending('a banned agent name', ({ relay }) => relay.control.changeAccess({ banAgents: ['bad-client/'] }), {
        userAgent: 'bad-client/1',
      }),
    ],
  },
  252: {
    word: 'bad_score',
    by: [ending('a banned range', ({ relay }) => relay.control.changeAccess({ banRanges: ['127.0.0.0/8'] }))],
  },
}

/** What each code is called when it is heard: peers may say any. */
export const RECEIVED: Readonly<Record<KnownGoodbyeCode, DisconnectReason>> = {
  0: 'unknown',
  1: 'client_shutdown',
  2: 'irrelevant_network',
  3: 'io_error',
  128: 'unviable_fork',
  129: 'too_many_peers',
  130: 'rate_limited',
  237: 'bad_score',
  250: 'bad_score',
  251: 'bad_score',
  252: 'bad_score',
}

/** Every word of the API, with whose goodbyes it stands for; `closed`: nobody said one. */
export const DISCONNECT_WORDS: Readonly<Record<DisconnectReason, 'both' | 'theirs' | 'closed'>> = {
  bad_score: 'both',
  irrelevant_network: 'both',
  unviable_fork: 'theirs',
  too_many_peers: 'both',
  rate_limited: 'theirs',
  io_error: 'both',
  client_shutdown: 'both',
  inbound_disconnect: 'closed',
  unknown: 'both',
}

/** Waits until the peer is gone, and answers why. */
export async function gone(relay: RunningRelay, peerId: string): Promise<DisconnectReason | undefined> {
  await until('the peer gone', async () => (await relay.control.getNodePeer(peerId)).state === 'disconnected')
  return (await relay.control.getNodePeer(peerId)).disconnect_reason
}
