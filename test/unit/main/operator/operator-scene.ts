/** A network worker without a network, behind a real port, and an operator with a real database in front of it. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { MessageChannel } from 'node:worker_threads'
import pino from 'pino'
import type { RelayConfig } from '../../../../src/config/schema.ts'
import { type KeptState, openKeptState } from '../../../../src/main/kept/kept-state.ts'
import { changedLists } from '../../../../src/main/operator/access-lists.ts'
import { RelayOperator } from '../../../../src/main/operator/operator.ts'
import type { AccessLists, TrustedPeer } from '../../../../src/rpc/access.ts'
import { createClient } from '../../../../src/rpc/client.ts'
import type { Control } from '../../../../src/rpc/contract.ts'
import type { DialTarget, ExplicitPeer } from '../../../../src/rpc/peer-views.ts'
import { type Handlers, serve } from '../../../../src/rpc/server.ts'
import type { RestoredState, RuntimeSettings } from '../../../../src/rpc/settings-views.ts'
import { RelayError } from '../../../../src/shared/errors.ts'
import type { FakeClock } from '../../../support/fake-clock.ts'
import { relayConfig } from '../../../support/relay-config.ts'

export const OWN_ID = 'own'
/** Has the form of a peer id, but no key. */
export const NO_KEY = 'nokey'
/** The worker answers this level with an error of its own, after it has half applied it. */
export const BAD_LEVEL = 13

/** What the worker makes of the multiaddr `/to/<id>` and of the ENR `enr:<id>.<anything>`. */
function resolve(target: DialTarget): TrustedPeer {
  const enr = 'enr' in target ? target.enr : null
  const peerId = 'enr' in target ? /^enr:(\w+)/.exec(target.enr)?.[1] : /^\/to\/(\w+)$/.exec(target.multiaddr)?.[1]
  if (peerId === undefined) throw new RelayError(enr === null ? 'BAD_MULTIADDR' : 'BAD_ENR', 'names nobody')
  if (peerId === OWN_ID) throw new RelayError('BAD_REQUEST', 'our own peer id')
  if (peerId === NO_KEY) throw new RelayError('BAD_PEER_ID', 'invalid peer id')
  return { peerId, enr, addresses: [`/to/${peerId}`] }
}

type Steering = Pick<
  Control,
  | 'applySettings'
  | 'addExplicitPeer'
  | 'removeExplicitPeer'
  | 'changeAccess'
  | 'resolvePeer'
  | 'describePeer'
  | 'listScoreBans'
>

/** What the worker has in force. */
export class WorkerDouble {
  settings: RuntimeSettings
  readonly explicit = new Map<string, readonly string[]>()
  access: AccessLists
  /** Peers that are connected, with their ENRs. */
  readonly connected = new Map<string, string | null>()
  scoreBans: readonly string[]
  /** Calls that arrived. */
  calls = 0
  /** Targets that the worker was asked about. */
  resolved = 0
  /** While set, calls wait for it. */
  gate: Promise<void> | undefined
  /** Addresses that the worker knows of peers. */
  readonly addresses = new Map<string, readonly string[]>()

  constructor(restored: RestoredState) {
    this.settings = restored.settings
    this.access = restored.access
    this.scoreBans = restored.scoreBans.map(({ peerId }) => peerId)
    for (const { peerId, addresses } of restored.explicitPeers) this.explicit.set(peerId, addresses)
  }

  get handlers(): Handlers<Steering> {
    return {
      applySettings: async (settings) => {
        await this.#arrived()
        this.settings = settings
        if (settings.network_load === BAD_LEVEL) throw new RelayError('INTERNAL', 'broke half-way')
        return { ...settings, heartbeat_interval_ms: settings.heartbeat_interval_ms ?? -settings.network_load }
      },
      addExplicitPeer: async ({ peerId, addresses }) => {
        await this.#arrived()
        if (peerId === OWN_ID) throw new RelayError('BAD_REQUEST', 'this is our own peer id')
        const peer: ExplicitPeer = { peerId, addresses: this.addresses.get(peerId) ?? addresses }
        this.explicit.set(peerId, peer.addresses)
        return peer
      },
      removeExplicitPeer: async (peerId) => {
        await this.#arrived()
        this.explicit.delete(peerId)
      },
      changeAccess: async (change) => {
        await this.#arrived()
        // Half-way, so that only what is undone is as before.
        this.access = changedLists(this.access, change)
        for (const peerId of change.ban ?? []) this.explicit.delete(peerId)
        if (change.ban?.includes(OWN_ID)) throw new RelayError('BAD_REQUEST', 'our own peer id')
      },
      resolvePeer: (target) => {
        this.resolved++
        const peer = resolve(target)
        if (this.scoreBans.includes(peer.peerId)) throw new RelayError('PEER_BANNED', 'peer is banned')
        return peer
      },
      describePeer: (peerId) => {
        const enr = this.connected.get(peerId)
        if (enr === undefined) throw new RelayError('PEER_NOT_CONNECTED', 'peer not connected')
        if (enr === null) throw new RelayError('PEER_HAS_NO_ENR', 'peer has no ENR')
        return resolve({ enr })
      },
      listScoreBans: () => this.scoreBans,
    }
  }

  async #arrived(): Promise<void> {
    this.calls++
    await this.gate
  }
}

export interface Scene {
  readonly kept: KeptState
  readonly worker: WorkerDouble
  readonly operator: RelayOperator
  readonly logged: Record<string, unknown>[]
  /** Fails pending calls as the death of the worker does. */
  kill(): void
  /** Ends everything of this run; the directory stays. */
  end(): Promise<void>
}

/** The directory of a test, and runs on it one after the other. */
export class Runs {
  readonly dir = mkdtempSync(join(tmpdir(), 'starling-operator-'))
  #last: Scene | undefined

  constructor(t: TestContext) {
    t.after(() => this.end())
  }

  /** Ends the last run and removes the directory. Idempotent; done when the test ends. */
  async end(): Promise<void> {
    await this.#last?.end()
    this.#last = undefined
    rmSync(this.dir, { recursive: true, force: true })
  }

  /** Ends the last run and starts another with these start-up values. */
  async start(overrides: Partial<RelayConfig> = {}, clock?: FakeClock): Promise<Scene> {
    await this.#last?.end()
    const logged: Record<string, unknown>[] = []
    const log = pino({ level: 'debug' }, { write: (line: string) => void logged.push(JSON.parse(line)) })
    const kept = openKeptState(
      relayConfig(this.dir, { targetPeers: 80, maxLatencyMs: 150, networkLoad: 5, ...overrides }),
      log,
      clock,
    )
    const worker = new WorkerDouble(kept.restored)
    const { port1, port2 } = new MessageChannel()
    serve<Steering>(port2, worker.handlers)
    const clocked = clock === undefined ? {} : { clock }
    const { client, close } = createClient<Control>(port1, { timeoutMs: 5_000, ...clocked })
    const operator = new RelayOperator({ control: client, kept, log, ...clocked })
    const end = async (): Promise<void> => {
      close('the run is over')
      await operator.close()
      kept.close()
      port1.close()
    }
    this.#last = { kept, worker, operator, logged, kill: () => close('the worker died'), end }
    return this.#last
  }
}
