/**
 * The operator's changes: one at a time, each written to the disk, then made in the network worker, then answered.
 *
 * When the worker refuses a change, dies or does not answer, the change is taken back from the disk and the worker is
 * told the state before it again. Calls reach the worker in order, so one that it gets to late is undone right behind.
 * So an answered change is on the disk, and a failed one is nowhere. A process killed in between leaves a change that
 * nobody was told of, either whole or not at all.
 */
import type { ConfigPatch, Operator } from '../api/operator.ts'
import type { Client } from '../rpc/client-type.ts'
import type { Control, RuntimeConfigView } from '../rpc/contract.ts'
import { type Clock, systemClock } from '../shared/clock.ts'
import type { PeerIdStr } from '../shared/ids.ts'
import type { Logger } from '../shared/logger.ts'
import type { StoredPeer } from '../storage/explicit-peers-store.ts'
import type { StoredSetting } from '../storage/runtime-settings-store.ts'
import type { KeptState } from './kept-state.ts'
import { MutationQueue } from './mutation-queue.ts'
import { patchedRows, settingsInForce } from './runtime-settings.ts'

export interface OperatorDeps {
  readonly control: Pick<Client<Control>, 'applySettings' | 'addExplicitPeer' | 'removeExplicitPeer'>
  readonly kept: KeptState
  readonly log: Logger
  readonly clock?: Clock
}

/** One change as its two effects and their opposites. */
interface Change<T> {
  readonly name: string
  persist(): void
  effect(): Promise<T>
  unpersist(): void
  undoEffect(): Promise<unknown>
}

export class RelayOperator implements Operator {
  readonly #control: OperatorDeps['control']
  readonly #kept: KeptState
  readonly #log: Logger
  readonly #clock: Clock
  readonly #queue: MutationQueue
  #rows: readonly StoredSetting[]

  constructor({ control, kept, log, clock = systemClock }: OperatorDeps) {
    this.#control = control
    this.#kept = kept
    this.#log = log
    this.#clock = clock
    this.#queue = new MutationQueue(clock)
    this.#rows = kept.rows
  }

  patchConfig(patch: ConfigPatch): Promise<RuntimeConfigView> {
    return this.#queue.run(() => this.#patchConfig(patch))
  }

  addExplicitPeer(peerId: PeerIdStr): Promise<void> {
    return this.#queue.run(() => this.#addExplicitPeer(peerId))
  }

  removeExplicitPeer(peerId: PeerIdStr): Promise<void> {
    return this.#queue.run(() => this.#removeExplicitPeer(peerId))
  }

  /** Refuses further changes; resolves when the last one has ended and nothing more is written. */
  close(): Promise<void> {
    return this.#queue.close()
  }

  async #patchConfig(patch: ConfigPatch): Promise<RuntimeConfigView> {
    const { startUp, settingsStore } = this.#kept
    const before = this.#rows
    const rows = patchedRows(startUp, before, patch)
    const view = await this.#make({
      name: 'PATCH of the configuration',
      persist: () => settingsStore.replace(rows),
      effect: () => this.#control.applySettings(settingsInForce(startUp, rows)),
      unpersist: () => settingsStore.replace(before),
      undoEffect: () => this.#control.applySettings(settingsInForce(startUp, before)),
    })
    this.#rows = rows
    this.#log.info({ changed: patch }, 'settings changed')
    return view
  }

  async #addExplicitPeer(peerId: PeerIdStr): Promise<void> {
    const { explicitPeersStore: store } = this.#kept
    const before = store.get(peerId)
    const peer = before ?? { peerId, addresses: [], addedAtMs: this.#clock.nowMs() }
    const { addresses } = await this.#make({
      name: 'adding an explicit peer',
      persist: () => store.put(peer),
      effect: () => this.#control.addExplicitPeer({ peerId, addresses: peer.addresses }),
      unpersist: () => {
        if (before === undefined) store.delete(peerId)
      },
      undoEffect: async () => {
        if (before === undefined) await this.#control.removeExplicitPeer(peerId)
      },
    })
    this.#keepAddresses(peer, addresses)
    this.#log.info({ peer: peerId }, 'explicit peer added')
  }

  async #removeExplicitPeer(peerId: PeerIdStr): Promise<void> {
    const { explicitPeersStore: store } = this.#kept
    const before = store.get(peerId)
    await this.#make({
      name: 'removing an explicit peer',
      persist: () => store.delete(peerId),
      effect: () => this.#control.removeExplicitPeer(peerId),
      unpersist: () => {
        if (before !== undefined) store.put(before)
      },
      undoEffect: async () => {
        if (before !== undefined) await this.#control.addExplicitPeer({ peerId, addresses: before.addresses })
      },
    })
    this.#log.info({ peer: peerId }, 'explicit peer removed')
  }

  async #make<T>(change: Change<T>): Promise<T> {
    change.persist()
    try {
      return await change.effect()
    } catch (cause) {
      this.#takeBack(change)
      throw cause
    }
  }

  /** Not awaited: a worker that answered an error answers this too, and one that hangs would hold the queue. */
  #takeBack({ name, unpersist, undoEffect }: Change<unknown>): void {
    try {
      unpersist()
    } catch (err) {
      this.#log.error({ err }, `${name} failed, and stays in the database`)
    }
    undoEffect().catch((err: unknown) => this.#log.debug({ err }, `${name} failed; the worker was not told to undo it`))
  }

  /** Addresses only help to dial after a restart: the peer is kept whether they are or not. */
  #keepAddresses(peer: StoredPeer, known: readonly string[]): void {
    const addresses = [...new Set([...known, ...peer.addresses])]
    if (addresses.join() === peer.addresses.join()) return
    try {
      this.#kept.explicitPeersStore.put({ ...peer, addresses })
    } catch (err) {
      this.#log.warn({ err, peer: peer.peerId }, 'addresses of an explicit peer were not kept')
    }
  }
}
