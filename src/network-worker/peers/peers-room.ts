/**
 * Peers as one piece: registry, dialer, Req/Resp and the manager that ties them. In: libp2p's events and the operator's
 * dials. Out: handshakes, pings, goodbyes, votes on the chain, and the records the API shows.
 */
import type { RelayConfig } from '../../config/schema.ts'
import type { Clock } from '../../shared/clock.ts'
import { RelayError } from '../../shared/errors.ts'
import type { Logger } from '../../shared/logger.ts'
import type { Chain } from '../chain/chain.ts'
import { createIpExemption } from '../host/ip-exemption.ts'
import type { Host } from '../host/libp2p-host.ts'
import type { MetadataState } from '../host/local-metadata.ts'
import { createReqResp } from '../reqresp/reqresp.ts'
import type { ReqRespHooks } from '../reqresp/types.ts'
import { targetOfText } from './dial-target.ts'
import { Dialer } from './dialer.ts'
import { PeerManager } from './peer-manager.ts'
import { PeerRegistry } from './peer-registry.ts'

export interface PeersRoomDeps {
  readonly config: RelayConfig
  readonly clock: Clock
  readonly log: Logger
  readonly chain: Chain
  readonly host: Host
  readonly metadata: MetadataState
}

export interface PeersRoom {
  readonly registry: PeerRegistry
  readonly manager: PeerManager
  readonly dialer: Dialer
  /** Registers handlers; comes before the host listens. */
  start(): Promise<void>
  /** Says goodbye to everyone; comes before the host stops. */
  leave(): Promise<void>
  /** Takes the handlers back; comes after the host stopped. */
  stop(): Promise<void>
  /** Dials `--peers`, once each. */
  dialConfigured(): void
}

export function openPeers({ config, clock, log, chain, host, metadata }: PeersRoomDeps): PeersRoom {
  const registry = new PeerRegistry()
  const hooks: ReqRespHooks = {
    onStatus: (...args) => manager.hooks.onStatus(...args),
    onPing: (...args) => manager.hooks.onPing(...args),
    onGoodbye: (...args) => manager.hooks.onGoodbye(...args),
    onViolation: (...args) => manager.hooks.onViolation(...args),
  }
  const local = { status: () => chain.truth.status(), metadata: () => metadata.current }
  const reqResp = createReqResp({ node: host, clock, log, local, hooks })
  const ownMachine = createIpExemption(config.countLoopback, [])
  const manager = new PeerManager({
    host,
    reqResp,
    registry,
    truth: chain.truth,
    schedule: chain.schedule,
    slotClock: chain.slotClock,
    clock,
    log,
    isLoopback: (ip) => ownMachine.isExempt(ip),
  })
  const dialer = new Dialer({
    host,
    ownPeerId: host.peerId.toString(),
    registry,
    clock,
    log,
    canDial: (address) => {
      const isQuic = address.getComponents().some((part) => part.name === 'quic-v1')
      return isQuic ? config.quic : config.tcp
    },
  })
  return {
    registry,
    manager,
    dialer,
    start: async () => {
      await reqResp.start()
      manager.start()
    },
    leave: () => manager.stop(),
    stop: () => reqResp.stop(),
    dialConfigured: () => {
      for (const text of config.peers) dialOne(dialer, text, log)
    },
  }
}

function dialOne(dialer: Dialer, text: string, log: Logger): void {
  try {
    dialer.connect(targetOfText(text))
  } catch (cause) {
    const error = RelayError.from(cause)
    log.warn({ peer: text.slice(0, 200), code: error.code, reason: error.message }, 'configured peer not dialled')
  }
}
