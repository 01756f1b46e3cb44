import type { RelayConfig } from '../../config/schema.ts'
import type { NodeInfoView } from '../../rpc/contract.ts'
import { to0xHex } from '../../shared/hex.ts'
import type { Chain } from '../chain/chain.ts'
import type { TopicDirectory } from '../gossip/topic-directory.ts'
import { boundPort, publicAddresses } from './addresses.ts'
import type { Host } from './libp2p-host.ts'
import type { EnrEndpoint, LocalEnr } from './local-enr.ts'
import type { MetadataState } from './local-metadata.ts'

export interface LocalNodeInfoDeps {
  readonly config: RelayConfig
  readonly host: Pick<Host, 'getMultiaddrs' | 'peerId'>
  readonly enr: LocalEnr
  readonly metadata: MetadataState
  readonly chain: Chain
  readonly directory: TopicDirectory
}

/** An address that says "any interface" tells a peer nothing. */
const UNSPECIFIED = new Set(['0.0.0.0', '::'])

/** What we say of ourselves, in ENR, metadata and `/node/info`: one place, so that they cannot disagree. */
export class LocalNodeInfo {
  readonly #deps: LocalNodeInfoDeps

  constructor(deps: LocalNodeInfoDeps) {
    this.#deps = deps
  }

  /** Takes over topics, digest and addresses as they are now. Call when listening and at each epoch. */
  refresh(): void {
    const { chain, directory, enr, metadata } = this.#deps
    const current = chain.currentDigest()
    const topics = directory.all().filter(({ entry }) => entry.digestHex === current.digestHex)
    metadata.update(topics.map(({ parsed }) => parsed))
    enr.update(this.#endpoint(), { current, next: chain.schedule.next(current.epoch) }, metadata.current)
  }

  view(): NodeInfoView {
    const { host, enr, metadata } = this.#deps
    const { seqNumber, attnets, syncnets, custodyGroupCount } = metadata.current
    return {
      peer_id: host.peerId.toString(),
      enr: enr.text,
      p2p_addresses: publicAddresses(host.getMultiaddrs(), host.peerId.toString(), this.#deps.config.enrIp),
      discovery_addresses: [],
      metadata: {
        seq_number: seqNumber.toString(),
        attnets: to0xHex(attnets),
        syncnets: to0xHex(syncnets),
        custody_group_count: custodyGroupCount.toString(),
      },
    }
  }

  /** What was asked for, else what was bound; no address until one is known, since peers vote on it in discovery. */
  #endpoint(): EnrEndpoint {
    const { config, host } = this.#deps
    const addresses = host.getMultiaddrs()
    return {
      ip: config.enrIp ?? (UNSPECIFIED.has(config.listenAddress) ? undefined : config.listenAddress),
      tcp: config.enrTcp ?? boundPort(addresses, 'tcp'),
      udp: config.enrUdp,
      quic: config.enrQuic ?? boundPort(addresses, 'quic'),
    }
  }
}
