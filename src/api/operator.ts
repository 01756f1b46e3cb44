/**
 * What an operator can do that outlives a restart. These changes do not go straight to the network worker: they are
 * written to the disk first, then take effect, then are answered. The main thread implements it.
 */
import type { Client } from '../rpc/client-type.ts'
import type { Control } from '../rpc/contract.ts'
import type { DialTarget } from '../rpc/peer-views.ts'
import type { RuntimeConfigView } from '../rpc/settings-views.ts'
import type { PeerIdStr } from '../shared/ids.ts'

/** The fields of `PATCH /config` that were given, at least one, each in its range; null for what is not to be set. */
export type ConfigPatch = { readonly [Name in keyof RuntimeConfigView]?: RuntimeConfigView[Name] }

export interface BannedPeerView {
  readonly peer_id: PeerIdStr
  readonly ban_type: 'permanent' | 'temporary'
}

export interface BannedRangeView {
  readonly cidr: string
}

export interface BannedAgentView {
  readonly agent: string
}

/** Bans and trust as one document, for moving them between the relays of a fleet. */
export interface AccessDocument {
  readonly version: 1
  readonly banned_peers: readonly PeerIdStr[]
  readonly banned_ip_ranges: readonly string[]
  readonly banned_agents: readonly string[]
  readonly trusted_peers: readonly {
    readonly peer_id: PeerIdStr
    readonly enr: string | null
    readonly addresses: readonly string[]
  }[]
}

/** Entries that an import added to and took from each list. */
export interface ImportView {
  readonly added: number
  readonly removed: number
}

/** Changes are made one at a time, in the order in which they were asked for. One that fails has changed nothing. */
export interface Operator {
  /** Answers what is in force then. @throws NOT_READY, RPC_CLOSED, RPC_TIMEOUT */
  patchConfig(patch: ConfigPatch): Promise<RuntimeConfigView>
  /**
   * Idempotent. `addresses`, multiaddrs that end in `/p2p/<id>`, are kept before those that were known.
   * @throws BAD_PEER_ID, BAD_REQUEST (our own id), PEER_BANNED, LIST_FULL, NOT_READY, RPC_CLOSED, RPC_TIMEOUT
   */
  addExplicitPeer(peerId: PeerIdStr, addresses?: readonly string[]): Promise<void>
  /** Idempotent. @throws BAD_PEER_ID, NOT_READY, RPC_CLOSED, RPC_TIMEOUT */
  removeExplicitPeer(peerId: PeerIdStr): Promise<void>
  /** Permanent bans first, then those by score; a peer with both is permanent. @throws RPC_CLOSED, RPC_TIMEOUT */
  listBannedPeers(): Promise<readonly BannedPeerView[]>
  /** Idempotent; untrusts, makes explicit no more and disconnects. @throws BAD_PEER_ID, BAD_REQUEST (our own id), LIST_FULL */
  banPeer(peerId: PeerIdStr): Promise<void>
  /** @throws PEER_NOT_BANNED when it has no permanent ban */
  unbanPeer(peerId: PeerIdStr): Promise<void>
  /** Trusts and dials. Idempotent; takes a newer ENR. @throws BAD_ENR, BAD_MULTIADDR, BAD_REQUEST (our own id), PEER_BANNED, LIST_FULL */
  trustPeer(target: DialTarget): Promise<void>
  /** @throws BAD_PEER_ID, PEER_NOT_CONNECTED, PEER_HAS_NO_ENR, PEER_BANNED, LIST_FULL */
  trustConnectedPeer(peerId: PeerIdStr): Promise<void>
  /** Does not disconnect. @throws PEER_NOT_TRUSTED */
  untrustPeer(peerId: PeerIdStr): Promise<void>
  listBannedRanges(): readonly BannedRangeView[]
  /** `cidr` is canonical. Idempotent. Trusted peers are not affected. @throws LIST_FULL */
  banRange(cidr: string): Promise<void>
  /** @throws RANGE_NOT_BANNED */
  unbanRange(cidr: string): Promise<void>
  listBannedAgents(): readonly BannedAgentView[]
  /** `agent` is lower case. Idempotent. Trusted peers are not affected. @throws LIST_FULL */
  banAgent(agent: string): Promise<void>
  /** @throws AGENT_NOT_BANNED */
  unbanAgent(agent: string): Promise<void>
  exportAccess(): AccessDocument
  /** Replaces all four lists. @throws BAD_REQUEST (banned and trusted, our own id), BAD_PEER_ID, BAD_ENR, BAD_MULTIADDR, LIST_FULL, PEER_BANNED */
  importAccess(document: AccessDocument): Promise<ImportView>
}

/** What the main thread tells the worker of its own accord. */
type MainThreadCalls = 'setChainFacts' | 'setValidatorKeys'

/** The network worker as routes may use it: without the calls that are an {@link Operator}'s to make. */
export type DirectControl = Omit<
  Client<Control>,
  | 'applySettings'
  | 'changeAccess'
  | 'describePeer'
  | 'listScoreBans'
  | 'subscribeEvents'
  | 'getMetrics'
  | keyof Operator
  | MainThreadCalls
>
