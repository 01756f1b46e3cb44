import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { ConfigPatch } from '../../../../src/api/operator.ts'
import { BAD_LEVEL, OWN_ID, Runs, type Scene } from './operator-scene.ts'

interface Flags {
  readonly targetPeers: number
  readonly networkLoad: number
}

type Step =
  | { readonly do: 'patch'; readonly patch: ConfigPatch }
  | { readonly do: 'add' | 'remove'; readonly peerId: string }
  | { readonly do: 'restart'; readonly flags: Flags }

const flags = fc.record({ targetPeers: fc.constantFrom(80, 81), networkLoad: fc.constantFrom(5, 6) })
const patch = fc
  .record(
    {
      target_peers: fc.constantFrom(80, 81, 100),
      max_latency_ms: fc.constantFrom(150, 175.5),
      network_load: fc.constantFrom(5, 6, 40, BAD_LEVEL),
      heartbeat_interval_ms: fc.constantFrom(80, 700),
      discovery_interval_ms: fc.constantFrom(500, 2_000),
      active_validators: fc.constantFrom(1, 1_000_000, null),
    },
    { requiredKeys: [] },
  )
  .filter((each) => Object.keys(each).length > 0)
const peerId = fc.constantFrom('a', 'b', 'c', OWN_ID)
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('patch' as const), patch }),
  fc.record({ do: fc.constantFrom('add' as const, 'remove' as const), peerId }),
  fc.record({ do: fc.constant('restart' as const), flags }),
)

/** The rules as an operator is told them, without databases, ports and rows. */
class Model {
  #flags: Flags
  #targetPeers: number | undefined
  #networkLoad: number | undefined
  #heartbeatMs: number | undefined
  #maxLatencyMs = 150
  #discoveryMs = 2_000
  #activeValidators: number | null = null
  readonly peers = new Set<string>()

  constructor(initial: Flags) {
    this.#flags = initial
  }

  get settings(): unknown {
    return {
      target_peers: this.#targetPeers ?? this.#flags.targetPeers,
      max_latency_ms: this.#maxLatencyMs,
      network_load: this.#networkLoad ?? this.#flags.networkLoad,
      heartbeat_interval_ms: this.#heartbeatMs ?? null,
      discovery_interval_ms: this.#discoveryMs,
      active_validators: this.#activeValidators,
    }
  }

  /** Answers whether the step succeeds. */
  take(next: Step): boolean {
    switch (next.do) {
      case 'patch':
        return this.#patch(next.patch)
      case 'add':
        if (next.peerId !== OWN_ID) this.peers.add(next.peerId)
        return next.peerId !== OWN_ID
      case 'remove':
        this.peers.delete(next.peerId)
        return true
      case 'restart':
        this.#restart(next.flags)
        return true
    }
  }

  #patch(change: ConfigPatch): boolean {
    if (change.network_load === BAD_LEVEL) return false
    this.#targetPeers = change.target_peers ?? this.#targetPeers
    this.#networkLoad = change.network_load ?? this.#networkLoad
    this.#maxLatencyMs = change.max_latency_ms ?? this.#maxLatencyMs
    if (change.active_validators !== undefined) this.#activeValidators = change.active_validators
    this.#discoveryMs = change.discovery_interval_ms ?? this.#discoveryMs
    if (change.network_load !== undefined) this.#heartbeatMs = undefined
    this.#heartbeatMs = change.heartbeat_interval_ms ?? this.#heartbeatMs
    return true
  }

  #restart(now: Flags): void {
    if (now.targetPeers !== this.#flags.targetPeers) this.#targetPeers = undefined
    if (now.networkLoad !== this.#flags.networkLoad) {
      this.#networkLoad = undefined
      this.#heartbeatMs = undefined
    }
    this.#flags = now
  }
}

function perform({ operator }: Scene, next: Exclude<Step, { do: 'restart' }>): Promise<unknown> {
  if (next.do === 'patch') return operator.patchConfig(next.patch)
  return next.do === 'add' ? operator.addExplicitPeer(next.peerId) : operator.removeExplicitPeer(next.peerId)
}

test('any sequence of changes and restarts ends where the rules say, on the disk and in force', async (t) => {
  const initial: Flags = { targetPeers: 80, networkLoad: 5 }
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      const runs = new Runs(t)
      const model = new Model(initial)
      let last = initial
      let scene = await runs.start(initial)
      for (const next of steps) {
        const succeeds = model.take(next)
        if (next.do === 'restart') {
          last = next.flags
          scene = await runs.start(last)
        } else {
          const made = await perform(scene, next).then(
            () => true,
            () => false,
          )
          assert.equal(made, succeeds)
        }
      }
      await scene.operator.removeExplicitPeer('nobody') // behind whatever was undone
      assert.deepEqual(scene.worker.settings, model.settings)
      assert.deepEqual(new Set(scene.worker.explicit.keys()), model.peers)
      const restarted = await runs.start(last)
      assert.deepEqual(restarted.kept.restored.settings, model.settings)
      assert.deepEqual(new Set(restarted.worker.explicit.keys()), model.peers)
      await runs.end()
    }),
    { numRuns: 60 },
  )
})
