/**
 * Bans and trust at run time. In: the operator's change, checked whole before any of it is made. Out: the lists of
 * peers/access as they are from now on, and their effect on who is connected.
 */
import type { AccessChange, TrustedPeer } from '../../rpc/access.ts'
import type { DialTarget } from '../../rpc/peer-views.ts'
import { RelayError } from '../../shared/errors.ts'
import type { PeerIdStr } from '../../shared/ids.ts'
import { MAX_PEER_ADDRESSES } from '../../shared/limits.ts'
import { isPeerIdForm } from '../../shared/peer-id-form.ts'
import type { AccessBook } from '../peers/access/access-book.ts'
import type { Admission } from '../peers/admission.ts'
import { parsePeerId, resolveTarget } from '../peers/dialling/dial-target.ts'
import type { RedialBook } from '../peers/dialling/redial-book.ts'
import type { ExplicitPeers } from '../peers/explicit-peers.ts'
import type { PeerManager } from '../peers/peer-manager.ts'
import { UNKNOWN_CLIENT } from '../peers/peer-record.ts'
import type { PeerRegistry } from '../peers/peer-registry.ts'
import type { ScoreBook } from '../peers/score/score-book.ts'
import type { TrustedPeers } from '../peers/trusted-peers.ts'

/** Bans in one change whose keys are decoded, so that a typing error is told: some 10 ms of the network thread. */
const MAX_DECODED_BANS = 64

export interface AccessControlDeps {
  readonly access: AccessBook
  readonly admission: Admission
  readonly scores: ScoreBook
  readonly redial: RedialBook
  readonly registry: PeerRegistry
  readonly peers: Pick<PeerManager, 'disconnect'>
  readonly trusted: TrustedPeers
  readonly explicit: ExplicitPeers
  readonly ownPeerId: PeerIdStr
}

export class AccessControl {
  readonly #deps: AccessControlDeps

  constructor(deps: AccessControlDeps) {
    this.#deps = deps
  }

  /**
   * Makes a change of the lists, all of it or nothing; resolves when whoever it bans is disconnected.
   * @throws BAD_PEER_ID, BAD_ENR, BAD_MULTIADDR, BAD_REQUEST (our own id)
   */
  async change(change: AccessChange): Promise<void> {
    this.#checkBanned(change.ban ?? [])
    for (const peer of change.trust ?? []) this.#checkTrusted(peer)
    const { access, scores, redial, trusted, explicit } = this.#deps
    for (const peerId of change.untrust ?? []) this.#keepEnr(peerId)
    access.apply(change)
    for (const peerId of change.unban ?? []) redial.clear(peerId)
    for (const peerId of change.untrust ?? []) {
      trusted.removed(peerId)
      // What it did while it was trusted is not held against it now.
      scores.reset(peerId)
    }
    for (const peerId of change.ban ?? []) if (explicit.has(peerId)) explicit.remove(peerId)
    for (const { peerId } of change.trust ?? []) {
      scores.reset(peerId)
      redial.clear(peerId)
      trusted.added(peerId)
    }
    await this.#disconnectBanned()
  }

  /**
   * A peer's ban by the operator is the operator's to judge: the change that trusts it may lift it.
   * @throws BAD_ENR, BAD_MULTIADDR, BAD_REQUEST (our own id), PEER_BANNED (by its score)
   */
  resolve(target: DialTarget): TrustedPeer {
    const { peerId, addresses, enr } = resolveTarget(target)
    this.#otherPeer(peerId)
    if (this.#deps.scores.isBanned(peerId)) throw bannedError()
    return { peerId, enr: enr ?? null, addresses: addresses.slice(0, MAX_PEER_ADDRESSES).map(String) }
  }

  /** @throws BAD_PEER_ID, PEER_NOT_CONNECTED, PEER_HAS_NO_ENR, PEER_BANNED */
  describe(text: string): TrustedPeer {
    const peerId = parsePeerId(text)
    this.#refuseBanned(peerId)
    const record = this.#deps.registry.get(peerId)
    if (record?.state !== 'connected') throw new RelayError('PEER_NOT_CONNECTED', 'peer not connected')
    const enr = record.enr ?? this.#deps.access.trustedPeer(peerId)?.enr ?? undefined
    if (enr === undefined) throw new RelayError('PEER_HAS_NO_ENR', 'peer has no ENR')
    return this.resolve({ enr })
  }

  /** Its record goes with the trust in it: a peer that stays connected may be trusted by it again. */
  #keepEnr(peerId: PeerIdStr): void {
    const record = this.#deps.registry.get(peerId)
    if (record !== undefined) record.enr ??= this.#deps.access.trustedPeer(peerId)?.enr ?? undefined
  }

  /** @throws BAD_PEER_ID, PEER_BANNED */
  refuseBanned(text: string): void {
    this.#refuseBanned(parsePeerId(text))
  }

  #refuseBanned(peerId: PeerIdStr): void {
    if (this.#deps.admission.isBanned(peerId)) throw bannedError()
  }

  /** A long list by the form of its ids only: each key takes a sixth of a millisecond, and what is none bans nobody. */
  #checkBanned(ids: readonly string[]): void {
    for (const text of ids) {
      if (!isPeerIdForm(text)) throw new RelayError('BAD_PEER_ID', 'invalid peer id')
      this.#refuseOwn(ids.length > MAX_DECODED_BANS ? text : parsePeerId(text))
    }
  }

  #refuseOwn(peerId: PeerIdStr): void {
    if (peerId === this.#deps.ownPeerId) throw new RelayError('BAD_REQUEST', 'our own peer id')
  }

  #otherPeer(text: string): PeerIdStr {
    const peerId = parsePeerId(text)
    this.#refuseOwn(peerId)
    return peerId
  }

  #checkTrusted({ peerId: text, enr, addresses }: TrustedPeer): void {
    const peerId = this.#otherPeer(text)
    const targets: readonly DialTarget[] = [
      ...(enr === null ? [] : [{ enr }]),
      ...addresses.map((multiaddr) => ({ multiaddr })),
    ]
    if (targets.length === 0) throw new RelayError('BAD_REQUEST', `trusted peer ${peerId} has neither ENR nor address`)
    for (const target of targets) {
      if (resolveTarget(target).peerId === peerId) continue
      throw new RelayError('BAD_REQUEST', `ENR or address of another peer than ${peerId}`)
    }
  }

  async #disconnectBanned(): Promise<void> {
    const { registry, admission, peers } = this.#deps
    const leaving = registry.live().flatMap(({ peerId, ip, client }) => {
      // A placeholder is no name: who has not said theirs is asked when it does.
      const reason = admission.whyBanned(peerId, ip, client === UNKNOWN_CLIENT ? undefined : client)
      return reason === undefined ? [] : [peers.disconnect(peerId, reason)]
    })
    await Promise.all(leaving)
  }
}

function bannedError(): RelayError {
  return new RelayError('PEER_BANNED', 'peer is banned')
}
