import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Operator } from '../../../../src/api/operator.ts'
import { NO_ACCESS_LISTS } from '../../../../src/main/operator/access-lists.ts'
import { FakeClock } from '../../../support/fake-clock.ts'
import { OWN_ID, Runs, type Scene } from './operator-scene.ts'

const T = { peerId: 't', enr: 'enr:t.1', addresses: ['/to/t'] }

/** What is on the disk, in force, and told to whoever asks. */
function state({ kept, worker, operator }: Scene) {
  return {
    disk: [kept.accessStore.load(), kept.explicitPeersStore.all()],
    inForce: [worker.access, [...worker.explicit.keys()]],
    told: operator.exportAccess(),
  }
}

async function settle(scene: Scene): Promise<void> {
  await scene.operator.patchConfig({ discovery_interval_ms: 2_000 }) // goes the same way, behind them
}

/** Something in every list, with which changes can conflict. */
async function furnish({ operator }: Scene): Promise<void> {
  await operator.banPeer('b')
  await operator.banRange('192.0.2.0/24')
  await operator.banAgent('spy')
  await operator.trustPeer({ enr: T.enr })
  await operator.addExplicitPeer('x')
}

test('bans and trust are on the disk and in force, and outlive a restart', async (t) => {
  const runs = new Runs(t)
  const scene = await runs.start()
  await furnish(scene)
  const lists = { bannedPeers: ['b'], bannedRanges: ['192.0.2.0/24'], bannedAgents: ['spy'], trustedPeers: [T] }
  assert.deepEqual(scene.kept.accessStore.load(), lists)
  assert.deepEqual(scene.worker.access, lists)
  const next = await runs.start()
  assert.deepEqual(next.kept.restored.access, lists)
  assert.deepEqual(next.operator.listBannedRanges(), [{ cidr: '192.0.2.0/24' }])
  assert.deepEqual(next.operator.listBannedAgents(), [{ agent: 'spy' }])
  await next.operator.unbanPeer('b')
  await next.operator.unbanRange('192.0.2.0/24')
  await next.operator.unbanAgent('spy')
  await next.operator.untrustPeer('t')
  assert.deepEqual(next.worker.access, NO_ACCESS_LISTS)
  assert.deepEqual((await runs.start()).kept.restored.access, NO_ACCESS_LISTS)
})

test('a ban untrusts and makes explicit no more, everywhere', async (t) => {
  const scene = await new Runs(t).start()
  await scene.operator.trustPeer({ multiaddr: '/to/p' })
  await scene.operator.addExplicitPeer('p')
  await scene.operator.banPeer('p')
  await scene.operator.banPeer('p')
  const lists = { ...NO_ACCESS_LISTS, bannedPeers: ['p'] }
  assert.deepEqual([scene.kept.accessStore.load(), scene.kept.explicitPeersStore.all()], [lists, []])
  assert.deepEqual([scene.worker.access, scene.worker.explicit.size], [lists, 0])
  const banned = { code: 'PEER_BANNED', message: 'peer is banned' }
  scene.worker.connected.set('p', 'enr:p')
  await assert.rejects(scene.operator.addExplicitPeer('p'), banned)
  await assert.rejects(scene.operator.trustPeer({ multiaddr: '/to/p' }), banned)
  await assert.rejects(scene.operator.trustConnectedPeer('p'), banned)
  await scene.operator.unbanPeer('p')
  await scene.operator.trustConnectedPeer('p')
  assert.deepEqual(scene.worker.access.trustedPeers, [{ peerId: 'p', enr: 'enr:p', addresses: ['/to/p'] }])
})

test('what is in no list cannot be taken from it, and the worker is not asked', async (t) => {
  const { operator, worker } = await new Runs(t).start()
  await assert.rejects(operator.unbanPeer('p'), { code: 'PEER_NOT_BANNED', message: 'peer not found in banned list' })
  await assert.rejects(operator.untrustPeer('p'), {
    code: 'PEER_NOT_TRUSTED',
    message: 'peer not found in trusted list',
  })
  await assert.rejects(operator.unbanRange('10.0.0.0/8'), {
    code: 'RANGE_NOT_BANNED',
    message: 'IP range not found in banned list',
  })
  await assert.rejects(operator.unbanAgent('spy'), {
    code: 'AGENT_NOT_BANNED',
    message: 'agent not found in banned list',
  })
  assert.equal(worker.calls, 0)
})

test('permanent bans and bans by score are told apart and do not touch each other', async (t) => {
  const { operator, worker } = await new Runs(t).start()
  worker.scoreBans = ['s', 'p']
  await operator.banPeer('p')
  assert.deepEqual(await operator.listBannedPeers(), [
    { peer_id: 'p', ban_type: 'permanent' },
    { peer_id: 's', ban_type: 'temporary' },
  ])
  await assert.rejects(operator.unbanPeer('s'), { code: 'PEER_NOT_BANNED' })
  await operator.unbanPeer('p')
  assert.deepEqual(await operator.listBannedPeers(), [
    { peer_id: 's', ban_type: 'temporary' },
    { peer_id: 'p', ban_type: 'temporary' },
  ])
})

test('trust: a newer ENR replaces the one before, an address alone does not take it away', async (t) => {
  const scene = await new Runs(t).start()
  const { operator, worker } = scene
  await operator.trustPeer({ multiaddr: '/to/t' })
  assert.equal(worker.access.trustedPeers[0]?.enr, null)
  await operator.trustPeer({ enr: 'enr:t.1' })
  await operator.trustPeer({ enr: 'enr:t.2' })
  await operator.trustPeer({ multiaddr: '/to/t' })
  assert.deepEqual(worker.access.trustedPeers, [{ ...T, enr: 'enr:t.2' }])
  assert.deepEqual(scene.kept.accessStore.load().trustedPeers, worker.access.trustedPeers)
  await assert.rejects(operator.trustPeer({ enr: 'enr:' }), { code: 'BAD_ENR' })
  await assert.rejects(operator.trustConnectedPeer('q'), { code: 'PEER_NOT_CONNECTED' })
  worker.connected.set('q', null)
  await assert.rejects(operator.trustConnectedPeer('q'), { code: 'PEER_HAS_NO_ENR' })
})

const CHANGES: readonly [string, (operator: Operator) => Promise<unknown>][] = [
  ['banPeer of a trusted peer', (operator) => operator.banPeer('t')],
  ['banPeer of an explicit peer', (operator) => operator.banPeer('x')],
  ['unbanPeer', (operator) => operator.unbanPeer('b')],
  ['trustPeer', (operator) => operator.trustPeer({ multiaddr: '/to/n' })],
  ['trustPeer with a newer ENR', (operator) => operator.trustPeer({ enr: 'enr:t.2' })],
  ['untrustPeer', (operator) => operator.untrustPeer('t')],
  ['banRange', (operator) => operator.banRange('10.0.0.0/8')],
  ['unbanRange', (operator) => operator.unbanRange('192.0.2.0/24')],
  ['banAgent', (operator) => operator.banAgent('crawler')],
  ['unbanAgent', (operator) => operator.unbanAgent('spy')],
  [
    'importAccess',
    (operator) =>
      operator.importAccess({
        version: 1,
        banned_peers: ['t', 'x'],
        banned_ip_ranges: [],
        banned_agents: ['other'],
        trusted_peers: [{ peer_id: 'b', enr: null, addresses: ['/to/b'] }],
      }),
  ],
]

for (const [name, change] of CHANGES) {
  test(`${name}: taken back when the worker hangs, and undone when it gets to it`, async (t) => {
    const clock = new FakeClock(1_700_000_000_000)
    const scene = await new Runs(t).start({}, clock)
    await furnish(scene)
    const before = state(scene)
    const gate = Promise.withResolvers<void>()
    scene.worker.gate = gate.promise
    const { calls } = scene.worker
    const late = change(scene.operator)
    while (scene.worker.calls === calls) await new Promise((resolve) => setImmediate(resolve))
    assert.notDeepEqual(state(scene).disk, before.disk, 'written before the worker acts')
    clock.advance(5_000)
    await assert.rejects(late, { code: 'RPC_TIMEOUT' })
    assert.deepEqual(state(scene).disk, before.disk)
    gate.resolve()
    await settle(scene)
    const after = state(scene)
    assert.deepEqual([after.disk, after.told], [before.disk, before.told])
    for (const [index, list] of ['bannedPeers', 'bannedRanges', 'bannedAgents', 'trustedPeers'].entries()) {
      const of = ({ inForce }: typeof after) => new Set(Object.values(inForce[0] ?? {})[index])
      assert.deepEqual(of(after), of(before), list)
    }
    assert.deepEqual(after.inForce[1], before.inForce[1], 'explicit')
  })
}

test('a refused ban, as of our own id, is nowhere', async (t) => {
  const scene = await new Runs(t).start()
  await furnish(scene)
  const before = state(scene)
  await assert.rejects(scene.operator.banPeer(OWN_ID), { code: 'BAD_REQUEST' })
  await settle(scene)
  assert.deepEqual(state(scene), before)
})

test('a full list refuses what is new and takes what it has', async (t) => {
  const { operator, worker } = await new Runs(t).start()
  for (let index = 0; index < 64; index++) await operator.banAgent(`agent ${index}`)
  const { calls } = worker
  await assert.rejects(operator.banAgent('one more'), { code: 'LIST_FULL', message: 'at most 64 banned agents' })
  assert.equal(worker.calls, calls)
  await operator.banAgent('agent 7')
})
