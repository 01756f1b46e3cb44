import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { OWN_ID, Runs, type Scene } from './operator-scene.ts'

type Step =
  | { readonly do: 'ban' | 'unban' | 'trust' | 'untrust' | 'add' | 'remove'; readonly peerId: string }
  | { readonly do: 'restart'; readonly banFile: readonly string[] }

const peerId = fc.constantFrom('a', 'b', 'c', OWN_ID)
const banFile = fc.subarray(['a', 'b'])
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constantFrom(...(['ban', 'unban', 'trust', 'untrust', 'add', 'remove'] as const)),
      peerId,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const), banFile }) },
)

/** The rules as an operator is told them. */
class Model {
  readonly banned = new Set<string>()
  /** Banned by the file, in this run. */
  fileBanned = new Set<string>()
  readonly trusted = new Set<string>()
  readonly explicit = new Set<string>()

  get inForce(): Set<string> {
    return new Set([...this.banned, ...this.fileBanned])
  }

  /** Answers whether the step succeeds. */
  take(next: Exclude<Step, { do: 'restart' }>): boolean {
    const { peerId: id } = next
    switch (next.do) {
      case 'ban':
        if (id === OWN_ID) return false
        this.banned.add(id)
        this.trusted.delete(id)
        this.explicit.delete(id)
        return true
      case 'unban':
        return [this.banned.delete(id), this.fileBanned.delete(id)].includes(true)
      case 'trust':
        return this.#admit(this.trusted, id)
      case 'untrust':
        return this.trusted.delete(id)
      case 'add':
        return this.#admit(this.explicit, id)
      case 'remove':
        this.explicit.delete(id)
        return true
    }
  }

  restart(named: readonly string[]): void {
    this.fileBanned = new Set(named)
    for (const id of named) {
      this.trusted.delete(id)
      this.explicit.delete(id)
    }
  }

  #admit(list: Set<string>, id: string): boolean {
    if (id === OWN_ID || this.inForce.has(id)) return false
    list.add(id)
    return true
  }
}

function perform({ operator }: Scene, { do: what, peerId: id }: Exclude<Step, { do: 'restart' }>): Promise<void> {
  switch (what) {
    case 'ban':
      return operator.banPeer(id)
    case 'unban':
      return operator.unbanPeer(id)
    case 'trust':
      return operator.trustPeer({ multiaddr: `/to/${id}` })
    case 'untrust':
      return operator.untrustPeer(id)
    case 'add':
      return operator.addExplicitPeer(id)
    case 'remove':
      return operator.removeExplicitPeer(id)
  }
}

function assertAsModel({ worker, kept, operator }: Scene, model: Model): void {
  const trusted = worker.access.trustedPeers.map((peer) => peer.peerId)
  assert.deepEqual(new Set(worker.access.bannedPeers), model.inForce)
  assert.deepEqual(new Set(trusted), model.trusted)
  assert.deepEqual(new Set(worker.explicit.keys()), model.explicit)
  const told = operator.exportAccess()
  assert.deepEqual(new Set(told.banned_peers), model.inForce)
  assert.deepEqual(new Set(told.trusted_peers.map(({ peer_id }) => peer_id)), model.trusted)
  const stored = kept.accessStore.load()
  assert.deepEqual(new Set(stored.bannedPeers), model.banned)
  assert.deepEqual(new Set(stored.trustedPeers.map((peer) => peer.peerId)), model.trusted)
  assert.deepEqual(new Set(kept.explicitPeersStore.all().map((peer) => peer.peerId)), model.explicit)
}

test('any sequence of bans, trust, explicit peers and restarts ends where the rules say, everywhere', async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 15 }), async (steps) => {
      const runs = new Runs(t)
      const model = new Model()
      let scene = await runs.start()
      for (const next of steps) {
        if (next.do === 'restart') {
          model.restart(next.banFile)
          scene = await runs.start({ bannedPeers: next.banFile })
        } else {
          const made = await perform(scene, next).then(
            () => true,
            () => false,
          )
          assert.equal(made, model.take(next), JSON.stringify(next))
        }
      }
      await scene.operator.removeExplicitPeer('nobody') // behind whatever was undone
      assertAsModel(scene, model)
      await runs.end()
    }),
    { numRuns: 60 },
  )
})
