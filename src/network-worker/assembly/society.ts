/** Those who deal with peers, once there is a network. */
import type { RuntimeSettings } from '../../rpc/settings-views.ts'
import type { PeerIdStr } from '../../shared/ids.ts'
import { blockTopic } from '../chain/block-topic.ts'
import { openDiscovery } from '../discovery/discovery-room.ts'
import { LocalNodeInfo } from '../host/local-node-info.ts'
import { ExplicitPeers } from '../peers/explicit-peers.ts'
import { openPeers } from '../peers/peers-room.ts'
import { TrustedPeers } from '../peers/trusted-peers.ts'
import type { Ground, Later, Network, NetworkNodeDeps, Society } from './parts.ts'

/** Those who have a block for us when there is one: of its mesh, and explicit ones. */
function blockPeers({ chain, host }: Ground & Network): readonly PeerIdStr[] {
  const { gossip } = host.services
  const topic = blockTopic(chain)
  return [...gossip.explicitPeers(topic), ...gossip.meshPeers(topic)]
}

/** Opens who deals with peers; nothing of it runs yet. */
export function openSociety(deps: NetworkNodeDeps, base: Ground & Network, later: Later): Society {
  const { config, clock, log, emit, restored } = deps
  const { host, books, enr, watch, runtimeConfig } = base
  const { directory } = base.gossip
  const ownPeerId = host.peerId.toString()
  const onRecord = (text: string): void => later().discovery.localRecordChanged(text)
  const info = new LocalNodeInfo({ ...base, config, directory, log, onRecord })
  const settings = (): RuntimeSettings => runtimeConfig.settings
  const peers = openPeers({
    ...base,
    config,
    clock,
    log,
    settings,
    blockPeers: () => blockPeers(base),
    onForkSeen: (...seen) => watch.sawStatus(...seen),
    onDialFailed: (peerId) => later().discovery.dialFailed(peerId),
  })
  const kept = { registry: books.registry, dialer: peers.dialer, clock, log }
  const discovery = openDiscovery({
    ...base,
    config,
    clock,
    log,
    directory,
    peers,
    ownPeerId,
    settings,
    restored: restored.discovery,
    privateKey: base.privateKey.raw,
    localRecord: () => enr.text,
    onBound: (binds) => info.udpBound(binds),
    onAddressVoted: (vote) => info.addressVoted(vote),
    peersOf: (topic) => host.services.gossip.topics.get(topic)?.size ?? 0,
    onDiscovered: (peerId) => emit('peerDiscovered', { peerId }),
    onKept: (record) => emit('recordKept', record),
    onForgotten: (peerId) => emit('recordForgotten', { peerId }),
  })
  return {
    info,
    peers,
    discovery,
    explicit: new ExplicitPeers({ ...kept, router: host.services.gossip, ownPeerId }),
    trusted: new TrustedPeers({ ...kept, access: books.access }),
  }
}
