/** The node namespace of the standard beacon node API (beacon-APIs, `apis/node`); health has a file of its own. */
import { Router } from 'express'
import type { NodeInfoView, NodePeerView, PeerState, SyncingView } from '../../rpc/contract.ts'
import { requireJsonAccepted } from '../accept-json.ts'
import { refuseOtherMethods } from '../method-guard.ts'
import { clientVersion, versionText } from '../node-version.ts'
import type { DirectControl } from '../operator.ts'
import { matchesFilter, parsePeerFilter } from '../schemas/peer-filter.ts'
import { aboutPeer, parseStandardPeerId } from '../schemas/standard-peer-id.ts'

/** `node/identity`, every address with our id at its end. */
export function identityView({ peer_id, enr, p2p_addresses, discovery_addresses, metadata }: NodeInfoView): unknown {
  const end = `/p2p/${peer_id}`
  const named = (address: string): string => (address.endsWith(end) ? address : `${address}${end}`)
  return {
    peer_id,
    enr,
    p2p_addresses: p2p_addresses.map(named),
    discovery_addresses: discovery_addresses.map(named),
    metadata,
  }
}

/** `node/peer_count`: how many peers are in each state, as decimal strings. */
export function peerCountView(peers: readonly NodePeerView[]): Readonly<Record<PeerState, string>> {
  const count = (wanted: PeerState): string => String(peers.filter(({ state }) => state === wanted).length)
  return {
    disconnected: count('disconnected'),
    connecting: count('connecting'),
    connected: count('connected'),
    disconnecting: count('disconnecting'),
  }
}

/** `node/syncing`. There is no execution client and nothing optimistic here, and `true` would have tools flag the node. */
function syncingView({ head_slot, sync_distance, is_syncing }: SyncingView): unknown {
  return {
    head_slot: String(head_slot),
    sync_distance: String(sync_distance),
    is_syncing,
    is_optimistic: false,
    el_offline: false,
  }
}

function peerRoutes(router: Router, control: DirectControl): void {
  router
    .route('/eth/v1/node/peers')
    .get(requireJsonAccepted(), async (request, response) => {
      const filter = parsePeerFilter(request.query)
      const data = (await control.listNodePeers()).filter((peer) => matchesFilter(peer, filter))
      response.json({ data, meta: { count: data.length } })
    })
    .all(refuseOtherMethods('GET', 'HEAD'))
  router
    .route('/eth/v1/node/peers/:peer_id')
    .get(requireJsonAccepted(), async (request, response) => {
      const peerId = parseStandardPeerId(request.params['peer_id'])
      response.json({ data: await aboutPeer(peerId, (id) => control.getNodePeer(id)) })
    })
    .all(refuseOtherMethods('GET', 'HEAD'))
  router
    .route('/eth/v1/node/peer_count')
    .get(requireJsonAccepted(), async (_request, response) => {
      response.json({ data: peerCountView(await control.listNodePeers()) })
    })
    .all(refuseOtherMethods('GET', 'HEAD'))
}

/** `/eth/v1/node/…`: identity, peers, version and sync state; `/eth/v2/node/version`. */
export function ethNodeRoutes(control: DirectControl): Router {
  const router = Router({ caseSensitive: true })
  peerRoutes(router, control)
  const reads: Readonly<Record<string, () => Promise<unknown>>> = {
    '/eth/v1/node/identity': async () => identityView(await control.getNodeInfo()),
    '/eth/v1/node/syncing': async () => syncingView(await control.getSyncing()),
    '/eth/v1/node/version': async () => ({ version: versionText() }),
    // `execution_client` is left out: there is none.
    '/eth/v2/node/version': async () => ({ beacon_node: clientVersion() }),
  }
  for (const [path, read] of Object.entries(reads)) {
    router
      .route(path)
      .get(requireJsonAccepted(), async (_request, response) => void response.json({ data: await read() }))
      .all(refuseOtherMethods('GET', 'HEAD'))
  }
  return router
}
