import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FakeClock } from '../../../support/fake-clock.ts'
import { BAD_LEVEL, OWN_ID, Runs, type Scene } from './operator-scene.ts'

const ADDRESS = '/ip4/192.0.2.1/tcp/9000/p2p/a'

/** What is on the disk and what is in force, side by side. */
function state({ kept, worker }: Scene) {
  return {
    settings: Object.fromEntries(kept.settingsStore.all().map(({ name, value }) => [name, value])),
    peers: kept.explicitPeersStore.all().map(({ peerId }) => peerId),
    inForce: worker.settings,
    explicit: [...worker.explicit.keys()],
  }
}

/** Lets calls that are on their way to the worker arrive and be answered. */
async function settle(scene: Scene): Promise<void> {
  await scene.operator.patchConfig({ discovery_interval_ms: 2_000 }) // goes the same way, behind them
}

test('a change is on the disk before the worker hears of it, and answered after the worker did', async (t) => {
  const scene = await new Runs(t).start()
  const gate = Promise.withResolvers<void>()
  scene.worker.gate = gate.promise
  const order: string[] = []
  const patched = scene.operator.patchConfig({ network_load: 8 }).then((view) => {
    order.push('answered')
    return view
  })
  await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual(state(scene).settings, { network_load: 8 })
  assert.equal(scene.worker.settings.network_load, 5)
  assert.deepEqual(order, [])
  gate.resolve()
  assert.equal((await patched).network_load, 8)
  assert.equal(scene.worker.settings.network_load, 8)
})

test('changes of all kinds at once end as if asked for one after the other', async (t) => {
  const scene = await new Runs(t).start()
  const { operator } = scene
  await Promise.all([
    operator.patchConfig({ network_load: 8, target_peers: 100 }),
    operator.addExplicitPeer('a'),
    operator.patchConfig({ heartbeat_interval_ms: 300 }),
    operator.removeExplicitPeer('a'),
    operator.addExplicitPeer('b'),
    operator.patchConfig({ network_load: 9 }),
  ])
  const { settings, peers, inForce, explicit } = state(scene)
  assert.deepEqual(settings, { network_load: 9, target_peers: 100 })
  assert.deepEqual(inForce, {
    target_peers: 100,
    max_latency_ms: 150,
    network_load: 9,
    heartbeat_interval_ms: null,
    discovery_interval_ms: 2000,
    active_validators: null,
  })
  assert.deepEqual([peers, explicit], [['b'], ['b']])
})

test('a change that the worker refuses is taken back from the disk and from the worker', async (t) => {
  const scene = await new Runs(t).start()
  await scene.operator.patchConfig({ network_load: 8 })
  await settle(scene)
  const before = state(scene)
  await assert.rejects(scene.operator.patchConfig({ network_load: BAD_LEVEL, target_peers: 1 }), { code: 'INTERNAL' })
  await assert.rejects(scene.operator.addExplicitPeer(OWN_ID), { code: 'BAD_REQUEST' })
  await settle(scene)
  assert.deepEqual(state(scene), before)
})

for (const change of ['patchConfig', 'addExplicitPeer', 'removeExplicitPeer'] as const) {
  const run = (scene: Scene): Promise<unknown> => {
    if (change === 'patchConfig') return scene.operator.patchConfig({ network_load: 8, max_latency_ms: 1.5 })
    return scene.operator[change](change === 'addExplicitPeer' ? 'new' : 'a')
  }

  test(`${change} to a worker that hangs is taken back, and undone when the worker gets to it`, async (t) => {
    const clock = new FakeClock()
    const scene = await new Runs(t).start({}, clock)
    await scene.operator.addExplicitPeer('a')
    await settle(scene)
    const before = state(scene)
    const gate = Promise.withResolvers<void>()
    scene.worker.gate = gate.promise
    const late = run(scene)
    await new Promise((resolve) => setImmediate(resolve))
    clock.advance(5_000)
    await assert.rejects(late, { code: 'RPC_TIMEOUT' })
    assert.deepEqual(state(scene), before, 'nothing on the disk')
    gate.resolve()
    await settle(scene)
    assert.deepEqual(state(scene), before, 'nothing in force')
  })

  test(`${change} to a worker that dies is taken back from the disk`, async (t) => {
    const runs = new Runs(t)
    const scene = await runs.start()
    await scene.operator.addExplicitPeer('a')
    scene.worker.gate = new Promise(() => {})
    const { settings, peers } = state(scene)
    const pending = run(scene)
    await new Promise((resolve) => setImmediate(resolve))
    scene.kill()
    await assert.rejects(pending, { code: 'RPC_CLOSED' })
    await assert.rejects(run(scene), { code: 'RPC_CLOSED' })
    const restarted = await runs.start()
    assert.deepEqual([state(restarted).settings, state(restarted).peers], [settings, peers])
    assert.deepEqual(restarted.kept.restored.settings.network_load, 5)
  })
}

test('a change that cannot be written never reaches the worker', async (t) => {
  const scene = await new Runs(t).start()
  await scene.operator.addExplicitPeer('a')
  const { calls } = scene.worker
  scene.kept.close()
  await assert.rejects(scene.operator.patchConfig({ network_load: 8 }), /database is not open/)
  await assert.rejects(scene.operator.addExplicitPeer('b'), /statement has been finalized/)
  await assert.rejects(scene.operator.removeExplicitPeer('a'), /statement has been finalized/)
  assert.equal(scene.worker.calls, calls)
  assert.deepEqual([scene.worker.settings.network_load, [...scene.worker.explicit.keys()]], [5, ['a']])
})

test('a change that cannot be taken back from the disk is an error in the log, and the next PATCH mends it', async (t) => {
  const scene = await new Runs(t).start()
  const { replace } = scene.kept.settingsStore
  const full = t.mock.method(scene.kept.settingsStore, 'replace', (rows: Parameters<typeof replace>[0]) => {
    if (rows.length === 0) throw new Error('disk I/O error')
    replace.call(scene.kept.settingsStore, rows)
  })
  await assert.rejects(scene.operator.patchConfig({ network_load: BAD_LEVEL }), { code: 'INTERNAL' })
  const line = scene.logged.find(({ level }) => level === 50)
  assert.equal(line?.['msg'], 'PATCH of the configuration failed, and stays in the database')
  full.mock.restore()
  await scene.operator.patchConfig({ target_peers: 90 })
  assert.deepEqual(state(scene).settings, { target_peers: 90 })
  assert.equal(scene.worker.settings.network_load, 5)
})

test('too many explicit peers: refused with the bound, known ones still accepted', async (t) => {
  const scene = await new Runs(t).start()
  for (let index = 0; index < 256; index++) {
    scene.kept.explicitPeersStore.put({ peerId: `p${index}`, addresses: [], addedAtMs: index })
  }
  await assert.rejects(scene.operator.addExplicitPeer('over'), {
    code: 'LIST_FULL',
    message: 'at most 256 explicit peers',
  })
  assert.deepEqual(scene.worker.explicit.has('over'), false)
  await scene.operator.addExplicitPeer('p3')
  assert.ok(scene.worker.explicit.has('p3'))
})

test('addresses that the worker knows are kept for the next start, the newest first', async (t) => {
  const runs = new Runs(t)
  const scene = await runs.start()
  await scene.operator.addExplicitPeer('a')
  scene.worker.addresses.set('a', [ADDRESS])
  await scene.operator.addExplicitPeer('a')
  scene.worker.addresses.set('a', [`${ADDRESS}/new`])
  await scene.operator.addExplicitPeer('a')
  await scene.operator.addExplicitPeer('b')
  const next = await runs.start()
  assert.deepEqual(next.kept.restored.explicitPeers, [
    { peerId: 'a', addresses: [`${ADDRESS}/new`, ADDRESS] },
    { peerId: 'b', addresses: [] },
  ])
  assert.deepEqual(next.worker.explicit.get('a'), [`${ADDRESS}/new`, ADDRESS])
})

test('addresses that are given are kept first, before those that the worker knows and those known before', async (t) => {
  const runs = new Runs(t)
  const scene = await runs.start()
  await scene.operator.addExplicitPeer('a', [ADDRESS])
  assert.deepEqual(scene.worker.explicit.get('a'), [ADDRESS])
  scene.worker.addresses.set('a', [`${ADDRESS}/seen`])
  await scene.operator.addExplicitPeer('a', [`${ADDRESS}/given`])
  const kept = [`${ADDRESS}/given`, `${ADDRESS}/seen`, ADDRESS]
  assert.deepEqual(scene.kept.explicitPeersStore.get('a')?.addresses, kept)
  await scene.operator.addExplicitPeer('a')
  const next = await runs.start()
  const [restored] = next.kept.restored.explicitPeers
  assert.deepEqual(new Set(restored?.addresses), new Set(kept), 'none is lost without new ones')
})

test('addresses given with a change that fails are on the disk no more', async (t) => {
  const runs = new Runs(t)
  const scene = await runs.start()
  await scene.operator.addExplicitPeer('a', [ADDRESS])
  const before = scene.kept.explicitPeersStore.get('a')
  scene.worker.gate = new Promise(() => {})
  const pending = scene.operator.addExplicitPeer('a', [`${ADDRESS}/given`])
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(scene.kept.explicitPeersStore.get('a')?.addresses.length, 2)
  scene.kill()
  await assert.rejects(pending, { code: 'RPC_CLOSED' })
  assert.deepEqual(scene.kept.explicitPeersStore.get('a'), before)
})

test('after close no change is made', async (t) => {
  const scene = await new Runs(t).start()
  await scene.operator.close()
  await assert.rejects(scene.operator.patchConfig({ network_load: 8 }), { code: 'RPC_CLOSED' })
  assert.deepEqual(state(scene).settings, {})
})

test('the log of a start says null where nobody had said how many validators there are', async (t) => {
  const runs = new Runs(t)
  const first = await runs.start({ activeValidators: null })
  await first.operator.patchConfig({ active_validators: 900 })
  const { logged } = await runs.start({ activeValidators: 7_000 })
  const [line] = logged.filter(({ setting }) => setting === 'active_validators')
  assert.deepEqual([line?.['stored'], line?.['start_up_before'], line?.['start_up']], [900, null, 7_000])
})
