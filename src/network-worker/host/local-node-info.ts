import type { RelayConfig } from '../../config/schema.ts'
import type { UdpBind } from '../../rpc/discovery-contract.ts'
import type { NodeInfoView } from '../../rpc/node-views.ts'
import { to0xHex } from '../../shared/hex.ts'
import type { Logger } from '../../shared/logger.ts'
import type { Chain } from '../chain/chain.ts'
import type { TopicDirectory } from '../gossip/topics/topic-directory.ts'
import { boundPort, type Endpoint, familyOf, type IpFamily, ipOf, publicAddresses } from './addresses.ts'
import { fixedPort } from './endpoints.ts'
import { type EnrEndpoint, enrFork, type FamilyEndpoint } from './enr-fields.ts'
import { canonical, ExternalAddress, type SeenEndpoint } from './external-address.ts'
import type { Host } from './libp2p-host.ts'
import type { LocalEnr } from './local-enr.ts'
import type { MetadataState } from './local-metadata.ts'

export interface LocalNodeInfoDeps {
  readonly config: RelayConfig
  readonly host: Pick<Host, 'getMultiaddrs' | 'peerId'>
  readonly enr: LocalEnr
  readonly metadata: MetadataState
  readonly chain: Pick<Chain, 'currentDigest' | 'schedule'>
  readonly directory: Pick<TopicDirectory, 'all'>
  readonly log: Logger
  /** Our record as it is from now on, whenever it changed: what discovery shall show to others. */
  readonly onRecord?: (enr: string) => void
}

const FAMILIES: readonly IpFamily[] = [4, 6]

/**
 * What we say of ourselves, in ENR, metadata and `/node/info`: one place, so that they cannot disagree.
 * In: topics and digests, bound ports, the operator's settings, peers' votes. Out: the record, saved, then told.
 */
export class LocalNodeInfo {
  readonly #deps: LocalNodeInfoDeps
  readonly #external: ReadonlyMap<IpFamily, ExternalAddress>
  /** Families whose vote could not be used, each told once. */
  readonly #refused = new Set<IpFamily>()
  /** Before the first refresh the topics are not known, and a record without them would be untrue. */
  #isComplete = false

  constructor(deps: LocalNodeInfoDeps) {
    this.#deps = deps
    this.#external = new Map(FAMILIES.map((family) => [family, externalAddress(deps, family)]))
  }

  /** Takes over topics, digest and addresses as they are now. Call when listening and at each epoch. */
  refresh(): void {
    const { chain, directory, metadata } = this.#deps
    const { digestHex } = chain.currentDigest()
    const topics = directory.all().filter(({ entry }) => entry.digestHex === digestHex)
    metadata.update(topics.map(({ parsed }) => parsed))
    if (!this.#isComplete) this.#warnOfMissingFamily()
    this.#isComplete = true
    this.#publish()
  }

  /** Where discovery listens, all of it; to be called each time it has started. */
  udpBound(binds: readonly UdpBind[]): void {
    for (const [family, external] of this.#external) {
      external.bound(binds.find(({ address }) => familyOf(address) === family)?.port)
    }
    this.#publish()
  }

  /** Takes the endpoint that enough peers see us at. What it may not change stays, and so do the ports of libp2p. */
  addressVoted({ ip, port }: SeenEndpoint): void {
    const { log } = this.#deps
    const address = canonical(ip)
    if (address === undefined) return
    const family = familyOf(address)
    const outcome = this.#external.get(family)?.vote({ ip: address, port })
    if (outcome === 'changed') {
      log.info({ ip: address, port }, 'peers see this node at another address than before: it is advertised now')
      this.#publish()
    }
    if (this.#refused.has(family) || (outcome !== 'local' && outcome !== 'contradiction')) return
    this.#refused.add(family)
    if (outcome === 'contradiction') log.warn({ ip: address, port }, 'peers see this node elsewhere than --enr-ip says')
    else log.info({ ip: address, port }, 'peers see this node at a local address: only --enr-ip would advertise it')
  }

  view(): NodeInfoView {
    const { config, host, enr, metadata } = this.#deps
    const { seqNumber, attnets, syncnets, custodyGroupCount } = metadata.current
    const peerId = host.peerId.toString()
    return {
      peer_id: peerId,
      enr: enr.text,
      p2p_addresses: publicAddresses(host.getMultiaddrs(), peerId, libp2pEndpoints(enr.endpoint)),
      discovery_addresses: config.discovery ? discoveryAddresses(enr.endpoint, peerId) : [],
      metadata: {
        seq_number: seqNumber.toString(),
        attnets: to0xHex(attnets),
        syncnets: to0xHex(syncnets),
        custody_group_count: custodyGroupCount.toString(),
      },
    }
  }

  /** libp2p goes on without IPv6 when none of it can be bound and IPv4 can, and does not say why. */
  #warnOfMissingFamily(): void {
    const { config, host, log } = this.#deps
    const bound = host.getMultiaddrs().map(ipOf)
    const own = bound.filter((ip) => ip !== undefined && !config.enrIps.includes(ip))
    for (const address of config.listenAddresses) {
      const isBound = own.some((ip) => ip !== undefined && familyOf(ip) === familyOf(address))
      if (isBound || config.enrIps.includes(address)) continue
      log.warn({ address }, 'cannot listen there: this machine has no such addresses, or the port is taken')
    }
  }

  #publish(): void {
    if (!this.#isComplete) return
    const { chain, enr, metadata, log, onRecord } = this.#deps
    const endpoint = { v4: this.#endpoint(4), v6: this.#endpoint(6) }
    const isChanged = enr.update(endpoint, enrFork(chain.schedule, chain.currentDigest().epoch), metadata.current)
    try {
      enr.save()
    } catch (error) {
      // Peers shall have it all the same: an old digest would cost them all. The next epoch tries again.
      log.error({ err: error }, 'the ENR cannot be saved: after a restart peers may take an older one for the newest')
    }
    if (isChanged) onRecord?.(enr.text)
  }

  /** What was asked for or voted, else what was bound; no address until one is known. */
  #endpoint(family: IpFamily): FamilyEndpoint | undefined {
    const { config, host } = this.#deps
    const external = this.#external.get(family)
    if (external === undefined || !speaks(config, family)) return undefined
    const addresses = host.getMultiaddrs()
    const tcp = config.tcp ? (config.enrTcp ?? boundPort(addresses, 'tcp', family)) : undefined
    const quic = config.quic ? (config.enrQuic ?? boundPort(addresses, 'quic', family)) : undefined
    const { ip, udp } = external
    // An address where nothing listens is none.
    return [tcp, udp, quic].every((port) => port === undefined) ? undefined : { ip, tcp, udp, quic }
  }
}

function externalAddress({ config, enr }: LocalNodeInfoDeps, family: IpFamily): ExternalAddress {
  return new ExternalAddress({
    listenIp: ofFamily(config.listenAddresses, family),
    operatorIp: ofFamily(config.enrIps, family),
    operatorUdp: config.enrUdp,
    hasDiscovery: config.discovery,
    udpPort: fixedPort(config.port),
    keptIp: (family === 4 ? enr.endpoint.v4 : enr.endpoint.v6)?.ip,
  })
}

function ofFamily(ips: readonly string[], family: IpFamily): string | undefined {
  return ips.find((ip) => familyOf(ip) === family)
}

/** Whether we listen by this family, or the operator says that we are reached by it. */
function speaks({ listenAddresses, enrIps }: RelayConfig, family: IpFamily): boolean {
  return ofFamily([...listenAddresses, ...enrIps], family) !== undefined
}

function libp2pEndpoints({ v4, v6 }: EnrEndpoint): Endpoint[] {
  return [v4, v6].flatMap((endpoint) => {
    if (endpoint?.ip === undefined) return []
    return [{ address: endpoint.ip, tcpPort: endpoint.tcp, quicPort: endpoint.quic }]
  })
}

function discoveryAddresses({ v4, v6 }: EnrEndpoint, peerId: string): string[] {
  return [v4, v6].flatMap((endpoint) => {
    if (endpoint?.ip === undefined || endpoint.udp === undefined) return []
    return [`/ip${familyOf(endpoint.ip)}/${endpoint.ip}/udp/${endpoint.udp}/p2p/${peerId}`]
  })
}
