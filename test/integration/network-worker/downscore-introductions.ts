/** Peers that are out by what they say of themselves: in Status, metadata and identify. */
import type { ReportReason } from '../../../src/network-worker/peers/score/report-sites.ts'
import { freshStatus, type GossipPeerOptions } from '../../support/gossip-peer.ts'
import { comes, DIGEST, type Row, type Scenario, scene, visitor } from './reported-peer.ts'

/** Of a network whose clock is years ahead. */
const FUTURE_SLOT = 10_000_000

function ofStatus(what: string, status: GossipPeerOptions['status']): Scenario {
  return visitor(what, -100, ({ relay, peer }) => peer.reqResp.status(relay.peerId), { status })
}

const IMPOSSIBLE_CUSTODY: Scenario = {
  what: 'metadata with more custody groups than there are',
  delta: -100,
  async play(stack) {
    const { relay, peer } = stack.use(await scene({ custodyGroupCount: 200 }))
    await relay.control.connectPeer({ multiaddr: peer.address })
    return { relay, peerId: peer.peerId }
  },
}

const NO_GOSSIP: Scenario = {
  what: 'a peer that speaks no gossipsub',
  delta: -100,
  async play(stack) {
    const all = stack.use(await scene())
    const { relay, peer } = all
    await peer.node.unhandle(peer.node.getProtocols().filter((id) => id.startsWith('/meshsub/')))
    await comes(all)
    return { relay, peerId: peer.peerId }
  },
}

export const INTRODUCTION_ROWS: Readonly<
  Record<Extract<ReportReason, 'irrelevant_network' | 'bad_custody_count' | 'no_gossipsub'>, Row>
> = {
  irrelevant_network: {
    word: 'status_unviable_fork',
    by: [
      ofStatus('a Status under another digest', () => freshStatus('deadbeef')),
      ofStatus('a Status with a head in the future', () => ({ ...freshStatus(DIGEST), headSlot: FUTURE_SLOT })),
    ],
  },
  bad_custody_count: { word: 'behaviour_penalty', by: [IMPOSSIBLE_CUSTODY] },
  no_gossipsub: { word: 'behaviour_penalty', by: [NO_GOSSIP] },
}
