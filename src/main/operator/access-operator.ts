import type { AccessDocument, BannedPeerView, ImportView } from '../../api/operator.ts'
import type { AccessChange, AccessLists, TrustedPeer } from '../../rpc/access.ts'
import type { Client } from '../../rpc/client-type.ts'
import type { Control } from '../../rpc/contract.ts'
import type { DialTarget } from '../../rpc/peer-views.ts'
import type { Clock } from '../../shared/clock.ts'
import { type ErrorCode, RelayError } from '../../shared/errors.ts'
import type { PeerIdStr } from '../../shared/ids.ts'
import type { Logger } from '../../shared/logger.ts'
import { makeChange } from '../kept/kept-change.ts'
import type { KeptState } from '../kept/kept-state.ts'
import { documentOf, listsOf } from './access-document.ts'
import { assertRoom, changedLists, countDifference, differenceOf, inverseOf, mergedTrust } from './access-lists.ts'
import { resolveTrustedFlag } from './trusted-flag.ts'

export interface AccessOperatorDeps {
  readonly control: Pick<
    Client<Control>,
    'changeAccess' | 'resolvePeer' | 'describePeer' | 'listScoreBans' | 'addExplicitPeer'
  >
  readonly kept: Pick<KeptState, 'access' | 'accessStore' | 'explicitPeersStore'>
  readonly clock: Clock
  readonly log: Logger
}

/**
 * Bans and trust: the lists in force, and changes of them. Those in force hold more than the disk does: what the ban
 * file and the flags ask for is in force in this run only. Methods are as those of `Operator` with their names; changes
 * are made one at a time, for which the caller queues.
 */
export class AccessOperator {
  readonly #deps: AccessOperatorDeps
  readonly #trustedByFlag = new Set<PeerIdStr>()
  #lists: AccessLists

  constructor(deps: AccessOperatorDeps) {
    this.#deps = deps
    this.#lists = deps.kept.access.lists
  }

  /** What is in force. */
  get lists(): AccessLists {
    return this.#lists
  }

  isBanned(peerId: PeerIdStr): boolean {
    return this.#lists.bannedPeers.includes(peerId)
  }

  async listBannedPeers(): Promise<readonly BannedPeerView[]> {
    const byScore = await this.#deps.control.listScoreBans()
    const permanent = new Set(this.#lists.bannedPeers)
    return [
      ...[...permanent].map((peer_id) => ({ peer_id, ban_type: 'permanent' as const })),
      ...byScore.filter((id) => !permanent.has(id)).map((peer_id) => ({ peer_id, ban_type: 'temporary' as const })),
    ]
  }

  async banPeer(peerId: PeerIdStr): Promise<void> {
    const untrust = this.#trusted(peerId) === undefined ? [] : [peerId]
    await this.#make('a ban', { ban: [peerId], untrust })
    this.#deps.log.info({ peer: peerId, untrusted: untrust.length > 0 }, 'peer banned')
  }

  async unbanPeer(peerId: PeerIdStr): Promise<void> {
    this.#assertListed(this.isBanned(peerId), 'PEER_NOT_BANNED', 'peer not found in banned list')
    await this.#make('lifting a ban', { unban: [peerId] })
    this.#deps.log.info({ peer: peerId }, 'peer unbanned')
    this.#warnOfReturn([peerId], [])
  }

  async trustPeer(target: DialTarget): Promise<void> {
    await this.#trust(await this.#deps.control.resolvePeer(target))
  }

  async trustConnectedPeer(peerId: PeerIdStr): Promise<void> {
    this.#assertNotBanned(peerId) // before the worker says that it is not connected
    await this.#trust(await this.#deps.control.describePeer(peerId))
  }

  async untrustPeer(peerId: PeerIdStr): Promise<void> {
    const isTrusted = this.#trusted(peerId) !== undefined
    this.#assertListed(isTrusted, 'PEER_NOT_TRUSTED', 'peer not found in trusted list')
    await this.#make('untrusting a peer', { untrust: [peerId] })
    this.#deps.log.info({ peer: peerId }, 'peer untrusted')
    this.#warnOfReturn([], [peerId])
  }

  async banRange(cidr: string): Promise<void> {
    await this.#make('a ban of addresses', { banRanges: [cidr] })
    this.#deps.log.info({ cidr }, 'IP range banned')
  }

  async unbanRange(cidr: string): Promise<void> {
    const isBanned = this.#lists.bannedRanges.includes(cidr)
    this.#assertListed(isBanned, 'RANGE_NOT_BANNED', 'IP range not found in banned list')
    await this.#make('lifting a ban of addresses', { unbanRanges: [cidr] })
    this.#deps.log.info({ cidr }, 'IP range unbanned')
  }

  async banAgent(agent: string): Promise<void> {
    await this.#make('a ban of an agent', { banAgents: [agent] })
    this.#deps.log.info({ agent }, 'agent banned')
  }

  async unbanAgent(agent: string): Promise<void> {
    const isBanned = this.#lists.bannedAgents.includes(agent)
    this.#assertListed(isBanned, 'AGENT_NOT_BANNED', 'agent not found in banned list')
    await this.#make('lifting a ban of an agent', { unbanAgents: [agent] })
    this.#deps.log.info({ agent }, 'agent unbanned')
  }

  exportAccess(): AccessDocument {
    return documentOf(this.#lists)
  }

  async importAccess(document: AccessDocument): Promise<ImportView> {
    const { control, kept, log } = this.#deps
    const before = this.#lists
    const after = await listsOf(document, before.trustedPeers, control)
    const change = differenceOf(before, after)
    // The disk may lack what is in force, and is to have all of the document.
    await this.#make('the import of bans and trust', change, differenceOf(kept.accessStore.load(), after))
    const view = countDifference(before, after)
    log.info(view, 'bans and trust imported')
    this.#warnOfReturn(change.unban ?? [], change.untrust ?? [])
    return view
  }

  /** Trusts the peers of `--trusted-peers` until the process ends. @throws as `resolveTrustedFlag` */
  async trustForThisRun(texts: readonly string[]): Promise<void> {
    const { control, log } = this.#deps
    const peers = new Map<PeerIdStr, TrustedPeer>()
    for (const text of texts) {
      const peer = await resolveTrustedFlag(text, control, log)
      if (peer === undefined) continue
      if (this.isBanned(peer.peerId)) {
        log.warn({ peer: peer.peerId }, 'not trusted as --trusted-peers asks: the peer is banned')
        continue
      }
      peers.set(peer.peerId, mergedTrust(peer, peers.get(peer.peerId) ?? this.#trusted(peer.peerId)))
    }
    if (peers.size === 0) return
    const trust = [...peers.values()]
    await control.changeAccess({ trust })
    this.#lists = changedLists(this.#lists, { trust })
    for (const peerId of peers.keys()) this.#trustedByFlag.add(peerId)
  }

  async #trust(peer: TrustedPeer): Promise<void> {
    const { peerId } = peer
    this.#assertNotBanned(peerId)
    await this.#make('trusting a peer', { trust: [mergedTrust(peer, this.#trusted(peerId))] })
    this.#deps.log.info({ peer: peerId }, 'peer trusted')
  }

  #trusted(peerId: PeerIdStr): TrustedPeer | undefined {
    return this.#lists.trustedPeers.find((peer) => peer.peerId === peerId)
  }

  #assertNotBanned(peerId: PeerIdStr): void {
    if (this.isBanned(peerId)) throw new RelayError('PEER_BANNED', 'peer is banned', { peer_id: peerId })
  }

  #assertListed(isListed: boolean, code: ErrorCode, message: string): void {
    if (!isListed) throw new RelayError(code, message)
  }

  /** @throws LIST_FULL, and what keeps a change from being made; the lists are as before then */
  async #make(name: string, change: AccessChange, onDisk: AccessChange = change): Promise<void> {
    const { control, kept, clock, log } = this.#deps
    const before = this.#lists
    const after = changedLists(before, change)
    assertRoom(after, before)
    const inverse = inverseOf(change, before)
    const explicit = (change.ban ?? []).flatMap((peerId) => kept.explicitPeersStore.get(peerId) ?? [])
    const remake = ({ peerId, addresses }: (typeof explicit)[number]) => control.addExplicitPeer({ peerId, addresses })
    await makeChange(
      {
        name,
        persist: () => kept.accessStore.apply(onDisk, clock.nowMs()),
        effect: () => control.changeAccess(change),
        undoEffect: () => Promise.all([control.changeAccess(inverse), ...explicit.map(remake)]),
      },
      log,
    )
    this.#lists = after
  }

  #warnOfReturn(unbanned: readonly PeerIdStr[], untrusted: readonly PeerIdStr[]): void {
    const { kept, log } = this.#deps
    for (const peer of unbanned.filter((id) => kept.access.bannedByFile.has(id))) {
      log.warn({ peer }, 'unbanned until the next start only: the ban file names it')
    }
    for (const peer of untrusted.filter((id) => this.#trustedByFlag.has(id))) {
      log.warn({ peer }, 'untrusted until the next start only: --trusted-peers names it')
    }
  }
}
