/**
 * Peers as one piece: Req/Resp, the manager, dialer and dial queue, and who makes room. In: libp2p's events, the books
 * on peers, the operator's dials. Out: handshakes, pings, goodbyes, reports, votes on the chain, and the records the
 * API shows.
 */
import type { Multiaddr } from '@multiformats/multiaddr'
import type { RelayConfig } from '../../config/schema.ts'
import type { RuntimeSettings } from '../../rpc/settings-views.ts'
import type { Clock } from '../../shared/clock.ts'
import { RelayError } from '../../shared/errors.ts'
import type { PeerIdStr } from '../../shared/ids.ts'
import type { Logger } from '../../shared/logger.ts'
import type { Chain } from '../chain/chain.ts'
import { windowsOf } from '../host/congestion/windows-of.ts'
import type { Host } from '../host/libp2p-host.ts'
import type { MetadataState } from '../host/local-metadata.ts'
import type { RecentRoom } from '../recent/recent-room.ts'
import { createReqResp, type ReqResp } from '../reqresp/reqresp.ts'
import type { ReqRespHooks, Status } from '../reqresp/types.ts'
import { DialQueue } from './dialling/dial-queue.ts'
import { resolveTarget, targetOfText } from './dialling/dial-target.ts'
import { Dialer } from './dialling/dialer.ts'
import { ownStatus } from './own-status.ts'
import type { PeerBooks } from './peer-books.ts'
import { PeerConduct } from './peer-conduct.ts'
import { peerLimits } from './peer-limits.ts'
import { PeerManager } from './peer-manager.ts'
import { SharedSilence } from './shared-silence.ts'
import { StallWatch } from './stall-watch.ts'
import { Turnover } from './turnover.ts'
import { WindowGrowth } from './window-growth.ts'

export interface PeersRoomDeps {
  readonly config: RelayConfig
  readonly clock: Clock
  readonly log: Logger
  readonly chain: Chain
  readonly host: Host
  readonly metadata: MetadataState
  readonly books: PeerBooks
  readonly settings: () => RuntimeSettings
  /** As `WindowGrowthDeps`. */
  readonly blockPeers: () => readonly PeerIdStr[]
  /** What we hold of the chain and serve; left out, such requests are not answered. */
  readonly recent?: Pick<RecentRoom, 'answer' | 'span'> | undefined
  /** As `PeerManagerDeps`, both. */
  readonly isLoopback: (ip: string) => boolean
  readonly onForkSeen: (peerId: PeerIdStr, ip: string | undefined, forkDigestHex: string) => void
  /** A peer that the queue dialled of our own accord was not reached. */
  readonly onDialFailed: (peerId: PeerIdStr) => void
}

export interface PeersRoom {
  readonly manager: PeerManager
  readonly conduct: PeerConduct
  readonly dialer: Dialer
  readonly queue: DialQueue
  /** Undefined when it is switched off. */
  readonly windowGrowth: WindowGrowth | undefined
  /** False for peers that are here, banned, or to be left alone for a while. */
  readonly mayDial: (peerId: PeerIdStr) => boolean
  /** Registers handlers; comes before the host listens. */
  start(): Promise<void>
  /** Says goodbye to everyone; comes before the host stops. */
  leave(): Promise<void>
  /** Takes the handlers back; comes after the host stopped. */
  stop(): Promise<void>
  /** Dials `--peers`, once each. */
  dialConfigured(): void
}

export function openPeers(deps: PeersRoomDeps): PeersRoom {
  const { config, clock, log, chain, host, metadata, books } = deps
  const { registry, scores, admission, redial, lastDisconnects } = books
  const stalls = new StallWatch(clock)
  const silence = new SharedSilence({ clock, connectedPeers: () => registry.connected().length })
  const conduct = new PeerConduct({
    scores,
    disconnect: (peerId, reason) => manager.disconnect(peerId, reason),
    hasCustody: () => hasCustody(chain),
    isStalled: () => stalls.isFelt(),
    isSilenceShared: (peerId) => silence.isShared(peerId),
    log,
  })
  const hooks: ReqRespHooks = {
    onStatus: (...args) => manager.hooks.onStatus(...args),
    onPing: (...args) => manager.hooks.onPing(...args),
    onGoodbye: (...args) => manager.hooks.onGoodbye(...args),
    onViolation: (...args) => manager.hooks.onViolation(...args),
  }
  const status = (): Status => ownStatus(chain.truth.status(), deps.recent?.span(), chain.slotClock)
  const local = { status, metadata: () => metadata.current }
  const reqResp = createReqResp({ node: host, clock, log, local, hooks, answerServed: deps.recent?.answer })
  const { truth, schedule, slotClock, clockDoubt } = chain
  const own = { registry, scores, conduct, admission, redial, lastDisconnects }
  const { onForkSeen, isLoopback } = deps
  const chainDeps = { truth, schedule, slotClock, clockDoubt, clock, log, isLoopback, onForkSeen }
  const manager = new PeerManager({ ...own, ...chainDeps, host, reqResp })
  const dialer = new Dialer({
    host,
    ownPeerId: host.peerId.toString(),
    registry,
    clock,
    log,
    canDial: (address) => hasTransport(config, address),
    admits: (peerId) => !admission.isBanned(peerId),
  })
  const mayDial = dialPermission(books)
  const queue = createQueue(deps, dialer, mayDial)
  const windowGrowth = config.growWindows ? createWindowGrowth(deps, reqResp) : undefined
  const turnover = new Turnover({ ...books, manager, queue, settings: deps.settings, clock, log })
  return {
    manager,
    conduct,
    dialer,
    queue,
    windowGrowth,
    mayDial,
    start: async () => {
      await reqResp.start()
      stalls.start()
      manager.start()
      turnover.start()
      windowGrowth?.start()
    },
    leave: () => {
      stalls.stop()
      windowGrowth?.stop()
      turnover.stop()
      queue.stop()
      return manager.stop()
    },
    stop: () => reqResp.stop(),
    dialConfigured: () => {
      for (const text of config.peers) queueOne(queue, text, log)
      queue.drain()
    },
  }
}

function dialPermission({ registry, scores, admission, redial }: PeerBooks): (peerId: PeerIdStr) => boolean {
  const isFree = (peerId: PeerIdStr): boolean => (registry.get(peerId)?.state ?? 'disconnected') === 'disconnected'
  return (peerId) =>
    isFree(peerId) && !admission.isBanned(peerId) && scores.mayDial(peerId) && !redial.isAvoided(peerId)
}

function createQueue(
  { books, settings, onDialFailed }: PeersRoomDeps,
  dialer: Dialer,
  mayDial: (peerId: PeerIdStr) => boolean,
): DialQueue {
  const { admission, redial } = books
  return new DialQueue({
    dialer,
    redial,
    room: () => peerLimits(settings().target_peers).maxPeers - admission.countedPeers() - dialer.pending,
    mayDial,
    isOnline: () => admission.countedPeers() > 0,
    onFailed: onDialFailed,
  })
}

function createWindowGrowth(
  { host, books, blockPeers, chain, clock, log }: PeersRoomDeps,
  reqResp: ReqResp,
): WindowGrowth {
  const { slotClock, network } = chain
  return new WindowGrowth({
    host,
    reqResp,
    registry: books.registry,
    blockPeers,
    windowsOf,
    slotClock,
    slotDurationMs: network.slotDurationMs,
    clock,
    log,
  })
}

function hasTransport(config: RelayConfig, address: Multiaddr): boolean {
  const isQuic = address.getComponents().some((part) => part.name === 'quic-v1')
  return isQuic ? config.quic : config.tcp
}

function hasCustody({ currentDigest }: Chain): boolean {
  const { fork } = currentDigest()
  return fork === 'fulu' || fork === 'gloas'
}

function queueOne(queue: DialQueue, text: string, log: Logger): void {
  const warn = (code: string, reason: string): void =>
    log.warn({ peer: text.slice(0, 200), code, reason }, 'configured peer not dialled')
  try {
    if (!queue.force(resolveTarget(targetOfText(text)))) warn('DIAL_QUEUE_FULL', 'too many peers wait for a dial')
  } catch (cause) {
    const error = RelayError.from(cause)
    warn(error.code, error.message)
  }
}
