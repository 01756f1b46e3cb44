/** The operator's changes, one at a time; how each is made is in kept-change.ts. */
import type {
  AccessDocument,
  BannedAgentView,
  BannedPeerView,
  BannedRangeView,
  ConfigPatch,
  ImportView,
  Operator,
} from '../../api/operator.ts'
import type { Client } from '../../rpc/client-type.ts'
import type { Control } from '../../rpc/contract.ts'
import type { DialTarget } from '../../rpc/peer-views.ts'
import type { RuntimeConfigView } from '../../rpc/settings-views.ts'
import { type Clock, systemClock } from '../../shared/clock.ts'
import type { PeerIdStr } from '../../shared/ids.ts'
import type { Logger } from '../../shared/logger.ts'
import type { KeptState } from '../kept/kept-state.ts'
import { AccessOperator, type AccessOperatorDeps } from './access-operator.ts'
import { ExplicitOperator, type ExplicitOperatorDeps } from './explicit-operator.ts'
import { MutationQueue } from './mutation-queue.ts'
import { SettingsOperator } from './settings-operator.ts'

export interface OperatorDeps {
  readonly control: Pick<Client<Control>, 'applySettings'> &
    AccessOperatorDeps['control'] &
    ExplicitOperatorDeps['control']
  readonly kept: KeptState
  readonly log: Logger
  readonly clock?: Clock
}

export class RelayOperator implements Operator {
  readonly #queue: MutationQueue
  readonly #settings: SettingsOperator
  readonly #explicit: ExplicitOperator
  readonly #access: AccessOperator

  constructor({ control, kept, log, clock = systemClock }: OperatorDeps) {
    const access = new AccessOperator({ control, kept, log, clock })
    const isBanned = (peerId: PeerIdStr): boolean => access.isBanned(peerId)
    this.#queue = new MutationQueue(clock)
    this.#settings = new SettingsOperator({ control, kept, log })
    this.#explicit = new ExplicitOperator({ control, store: kept.explicitPeersStore, isBanned, log, clock })
    this.#access = access
  }

  patchConfig(patch: ConfigPatch): Promise<RuntimeConfigView> {
    return this.#queue.run(() => this.#settings.patch(patch))
  }

  addExplicitPeer(peerId: PeerIdStr, addresses?: readonly string[]): Promise<void> {
    return this.#queue.run(() => this.#explicit.add(peerId, addresses))
  }

  removeExplicitPeer(peerId: PeerIdStr): Promise<void> {
    return this.#queue.run(() => this.#explicit.remove(peerId))
  }

  listBannedPeers(): Promise<readonly BannedPeerView[]> {
    return this.#access.listBannedPeers()
  }

  banPeer(peerId: PeerIdStr): Promise<void> {
    return this.#queue.run(() => this.#access.banPeer(peerId))
  }

  unbanPeer(peerId: PeerIdStr): Promise<void> {
    return this.#queue.run(() => this.#access.unbanPeer(peerId))
  }

  trustPeer(target: DialTarget): Promise<void> {
    return this.#queue.run(() => this.#access.trustPeer(target))
  }

  trustConnectedPeer(peerId: PeerIdStr): Promise<void> {
    return this.#queue.run(() => this.#access.trustConnectedPeer(peerId))
  }

  untrustPeer(peerId: PeerIdStr): Promise<void> {
    return this.#queue.run(() => this.#access.untrustPeer(peerId))
  }

  listBannedRanges(): readonly BannedRangeView[] {
    return this.#access.lists.bannedRanges.map((cidr) => ({ cidr }))
  }

  banRange(cidr: string): Promise<void> {
    return this.#queue.run(() => this.#access.banRange(cidr))
  }

  unbanRange(cidr: string): Promise<void> {
    return this.#queue.run(() => this.#access.unbanRange(cidr))
  }

  listBannedAgents(): readonly BannedAgentView[] {
    return this.#access.lists.bannedAgents.map((agent) => ({ agent }))
  }

  banAgent(agent: string): Promise<void> {
    return this.#queue.run(() => this.#access.banAgent(agent))
  }

  unbanAgent(agent: string): Promise<void> {
    return this.#queue.run(() => this.#access.unbanAgent(agent))
  }

  exportAccess(): AccessDocument {
    return this.#access.exportAccess()
  }

  importAccess(document: AccessDocument): Promise<ImportView> {
    return this.#queue.run(() => this.#access.importAccess(document))
  }

  /**
   * Trusts the peers of `--trusted-peers`, in this run only; one that is banned is skipped with a warning.
   * @throws RelayError CONFIG_INVALID that names a text that names no peer; RPC_CLOSED, RPC_TIMEOUT
   */
  trustForThisRun(texts: readonly string[]): Promise<void> {
    return this.#queue.run(() => this.#access.trustForThisRun(texts))
  }

  /** Refuses further changes; resolves when the last one has ended and nothing more is written. */
  close(): Promise<void> {
    return this.#queue.close()
  }
}
