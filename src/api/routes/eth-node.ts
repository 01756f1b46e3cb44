/** The node namespace of the standard beacon node API (beacon-APIs, `apis/node`); health has a file of its own. */
import type { ServerResponse } from 'node:http'
import { Router } from 'express'
import type { NodeInfoView, SyncingView } from '../../rpc/node-views.ts'
import type { NodePeerView, PeerState } from '../../rpc/peer-views.ts'
import { requireJsonAccepted } from '../accept-json.ts'
import { JsonAnswer } from '../json-answer.ts'
import { refuseOtherMethods } from '../method-guard.ts'
import { clientVersion, versionText } from '../node-version.ts'
import type { DirectControl } from '../operator.ts'
import { PeerListAnswer } from '../peer-list-answer.ts'
import { parsePeerFilter } from '../schemas/peer-filter.ts'
import { aboutPeer, parseStandardPeerId } from '../schemas/standard-peer-id.ts'

/** How the operator's beacon node is. */
export interface BeaconNodeStanding {
  readonly state: 'connecting' | 'ready' | 'syncing' | 'away' | 'mismatch'
  readonly isOptimistic: boolean
  readonly elOffline: boolean
}

/** Undefined without a beacon node. */
export type ReadBeaconNode = () => BeaconNodeStanding | undefined

interface SyncingReading {
  readonly view: SyncingView
  readonly helper: BeaconNodeStanding | undefined
}

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

/**
 * `node/syncing`. The relay has no execution client, so that nothing of it is offline or optimistic by itself: the two
 * are the beacon node's own word while that is ready, else false. `beacon_node`, an addition to the standard, says how
 * that is; left out where none is configured.
 */
function syncingView(
  { head_slot, sync_distance, is_syncing }: SyncingView,
  helper: BeaconNodeStanding | undefined,
): unknown {
  const { state, isOptimistic = false, elOffline = false } = helper ?? {}
  const isHeard = state === 'ready'
  return {
    head_slot: String(head_slot),
    sync_distance: String(sync_distance),
    is_syncing,
    is_optimistic: isHeard && isOptimistic,
    el_offline: isHeard && elOffline,
    ...(state === undefined ? {} : { beacon_node: state }),
  }
}

function peerRoutes(router: Router, control: DirectControl): void {
  const peers = new PeerListAnswer()
  const peer = new JsonAnswer<NodePeerView>((data) => ({ data }))
  const count = new JsonAnswer<readonly NodePeerView[]>((all) => ({ data: peerCountView(all) }))
  router
    .route('/eth/v1/node/peers')
    .get(requireJsonAccepted(), async (request, response) => {
      const filter = parsePeerFilter(request.query)
      peers.send(response, await control.listNodePeers(), filter)
    })
    .all(refuseOtherMethods('GET', 'HEAD'))
  router
    .route('/eth/v1/node/peers/:peer_id')
    .get(requireJsonAccepted(), async (request, response) => {
      const peerId = parseStandardPeerId(request.params['peer_id'])
      peer.send(response, await aboutPeer(peerId, (id) => control.getNodePeer(id)))
    })
    .all(refuseOtherMethods('GET', 'HEAD'))
  router
    .route('/eth/v1/node/peer_count')
    .get(requireJsonAccepted(), async (_request, response) => {
      count.send(response, await control.listNodePeers())
    })
    .all(refuseOtherMethods('GET', 'HEAD'))
}

/** `/eth/v1/node/…`: identity, peers, version and sync state; `/eth/v2/node/version`. */
export function ethNodeRoutes(control: DirectControl, beaconNode?: ReadBeaconNode): Router {
  const router = Router({ caseSensitive: true })
  peerRoutes(router, control)
  const identity = new JsonAnswer<NodeInfoView>((info) => ({ data: identityView(info) }))
  const syncing = new JsonAnswer<SyncingReading>(({ view, helper }) => ({ data: syncingView(view, helper) }))
  // `execution_client` is left out: there is none.
  const versions = { v1: { version: versionText() }, v2: { beacon_node: clientVersion() } }
  const version = new JsonAnswer<object>((data) => ({ data }))
  const reads: Readonly<Record<string, (response: ServerResponse) => Promise<void> | void>> = {
    '/eth/v1/node/identity': async (response) => identity.send(response, await control.getNodeInfo()),
    '/eth/v1/node/syncing': async (response) =>
      syncing.send(response, { view: await control.getSyncing(), helper: beaconNode?.() }),
    '/eth/v1/node/version': (response) => version.send(response, versions.v1),
    '/eth/v2/node/version': (response) => version.send(response, versions.v2),
  }
  for (const [path, read] of Object.entries(reads)) {
    router
      .route(path)
      .get(requireJsonAccepted(), (_request, response) => read(response))
      .all(refuseOtherMethods('GET', 'HEAD'))
  }
  return router
}
