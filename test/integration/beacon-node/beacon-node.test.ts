import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { BeaconApi } from '../../../src/beacon-node/beacon-api.ts'
import { FinalityTrail } from '../../../src/beacon-node/finality-trail.ts'
import type { NetworkConfig } from '../../../src/consensus/network-config.ts'
import { BeaconNodeServer, rootOf, sendJson } from '../../support/beacon-node-server.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { until } from '../../support/until.ts'
import { smallNetwork } from '../../unit/network-worker/small-network.ts'
import { bare, beaconScene, NETWORK, START_EPOCH } from './beacon-scene.ts'

const { slotsPerEpoch } = NETWORK
const EPOCH = START_EPOCH // 12

async function scene(t: TestContext, network: NetworkConfig = NETWORK, told: NetworkConfig = network) {
  const made = await beaconScene(t, network, told)
  made.start()
  return made
}

test('a node of our network: head, the finality before its newest, proposers of this and the next epoch', async (t) => {
  const { facts, become, node } = await scene(t)
  await become('ready')
  const [fact] = facts
  assert.deepEqual(fact?.head, { slot: 100, rootHex: bare(rootOf(100)) })
  assert.deepEqual(fact?.toldFinalized, { epoch: 9, rootHex: bare(rootOf(9 * slotsPerEpoch)) })
  assert.deepEqual(
    fact?.duties?.map(({ slot }) => slot),
    Array.from({ length: 16 }, (_, i) => EPOCH * slotsPerEpoch + i),
  )
  const { rounds, headSlot, finalizedEpoch, failures } = node.view()
  assert.deepEqual(
    { rounds, headSlot, finalizedEpoch, failures },
    { rounds: 1, headSlot: 100, finalizedEpoch: 10, failures: {} },
  )
})

test('of several nodes behind one URL a slower one undoes nothing; who is another is asked anew', async (t) => {
  const server = await BeaconNodeServer.start(t, NETWORK)
  const trail = new FinalityTrail(new BeaconApi({ url: server.url, clock: new FakeClock() }), slotsPerEpoch)
  await trail.take({ epoch: 10, rootHex: 'aa' })
  const told = { epoch: 10, rootHex: 'aa' }
  assert.deepEqual(await trail.take({ epoch: 11, rootHex: 'bb' }), told)
  assert.deepEqual(await trail.take({ epoch: 10, rootHex: 'aa' }), told)
  assert.deepEqual(await trail.take({ epoch: 11, rootHex: 'bb' }), told)
  assert.equal(server.asked.length, 1)
  trail.clear()
  assert.deepEqual(await trail.take({ epoch: 11, rootHex: 'cc' }), { epoch: 10, rootHex: bare(rootOf(80)) })
})

test('an empty first slot: the checkpoint is the block before it', async (t) => {
  const network = smallNetwork()
  const server = await BeaconNodeServer.start(t, network)
  for (const slot of [72, 71]) server.emptySlots.add(slot)
  const api = new BeaconApi({ url: server.url, clock: new FakeClock() })
  assert.equal(await api.blockRoot(72), undefined)
  const trail = new FinalityTrail(api, slotsPerEpoch)
  assert.deepEqual(await trail.take({ epoch: 10, rootHex: 'aa' }), { epoch: 9, rootHex: bare(rootOf(70)) })
  assert.deepEqual(await trail.take({ epoch: 12, rootHex: 'bb' }), { epoch: 10, rootHex: 'aa' })
  assert.deepEqual(await trail.take({ epoch: 12, rootHex: 'bb' }), { epoch: 10, rootHex: 'aa' })
})

test('before anything is final peers are told of zero', async (t) => {
  const server = await BeaconNodeServer.start(t, NETWORK)
  const trail = new FinalityTrail(new BeaconApi({ url: server.url, clock: new FakeClock() }), slotsPerEpoch)
  assert.deepEqual(await trail.take({ epoch: 0, rootHex: '0'.repeat(64) }), { epoch: 0, rootHex: '0'.repeat(64) })
  assert.deepEqual(server.asked, [])
})

test('duties come with a new epoch and every eight slots, not each slot; the last epoch stays', async (t) => {
  const { facts, become, round } = await scene(t)
  await become('ready')
  await until('a timer', () => facts.length === 1)
  await round()
  assert.equal(facts[1]?.duties, undefined)
  for (let slot = 0; slot < 4; slot++) await round()
  const duties = facts.findLast((fact) => fact.duties !== undefined)?.duties ?? []
  const epochs = duties.map(({ slot }) => Math.floor(slot / slotsPerEpoch))
  assert.deepEqual([...new Set(epochs)].toSorted(), [EPOCH, EPOCH + 1, EPOCH + 2])
})

test('before fulu the next epoch can still change and is not asked for', async (t) => {
  const { facts, become } = await scene(t, smallNetwork({ fuluEpoch: 1000 }))
  await become('ready')
  assert.equal(facts[0]?.duties?.length, slotsPerEpoch)
})

for (const [name, change] of [
  ['genesis_validators_root', { genesisValidatorsRootHex: 'ab'.repeat(32) }],
  ['genesis_time', { genesisTimeSeconds: NETWORK.genesisTimeSeconds + 1 }],
  ['SLOTS_PER_EPOCH', { slotsPerEpoch: 32 }],
  ['SLOT_DURATION_MS', { slotDurationMs: 12_000 }],
  ['PRESET_BASE', { preset: 'minimal' }],
  ['fork in force', { forks: NETWORK.forks.slice(0, -1) }],
] as const) {
  test(`${name} of another network: a loud error, and nothing is used`, async (t) => {
    const { facts, become, lines, round, server } = await scene(t, NETWORK, { ...NETWORK, ...change })
    await become('mismatch')
    assert.equal(facts.length, 0)
    const errors = lines.filter(({ level }) => level === 50)
    assert.equal(errors.length, 1)
    assert.ok(errors[0]?.why?.includes(name), errors[0]?.why)
    await round(60_000)
    assert.equal(server.countOf('/eth/v1/beacon/genesis'), 2)
    assert.equal(facts.length, 0)
    assert.equal(lines.filter(({ level }) => level === 50).length, 1)
  })
}

test('another fork to come is a warning, once, and the node is used', async (t) => {
  const [first, ...rest] = NETWORK.forks.toReversed()
  assert.ok(first)
  const told = {
    ...NETWORK,
    forks: [...rest.toReversed(), first, { name: 'gloas' as const, versionHex: '99000077', epoch: 500 }],
  }
  const { become, lines } = await scene(t, NETWORK, told)
  await become('ready')
  const warnings = lines.filter(({ level }) => level === 40)
  assert.equal(warnings.length, 1)
  assert.match(warnings[0]?.difference ?? '', /epoch 500/)
})

test('a node that is behind is not believed until it has caught up', async (t) => {
  const { server, facts, become, round, node } = await scene(t)
  await become('ready')
  server.syncing = { is_syncing: true, sync_distance: '40' } // as older nodes answer
  await round()
  await become('syncing')
  assert.equal(facts.length, 1)
  server.syncing = { is_syncing: false, sync_distance: '1', is_optimistic: true, el_offline: true }
  await round()
  await become('ready')
  assert.equal(facts.length, 2)
  assert.deepEqual([node.view().isOptimistic, node.view().elOffline], [true, true])
})

test('a node that goes away is asked again with back-off, is checked anew, and says so in the log', async (t) => {
  const { server, facts, become, round, node, lines } = await scene(t)
  await become('ready')
  const busy = (_: unknown, response: Parameters<typeof sendJson>[0]): void => sendJson(response, {}, 503)
  server.instead.set('/eth/v1/node/syncing', busy)
  await round()
  assert.equal(node.view().state, 'away')
  const before = server.asked.length
  await round(999)
  assert.equal(server.asked.length, before)
  for (const ms of [1, 2000, 4000, 8000]) await round(ms)
  assert.deepEqual(node.view().failures, { server_error: 5 })
  assert.equal(facts.length, 1)
  server.instead.clear()
  await round(16_000)
  await become('ready')
  assert.ok(server.countOf('/eth/v1/beacon/genesis') > 1)
  assert.deepEqual(
    lines.map(({ msg }) => msg),
    ['beacon node: ready', 'beacon node: away; the relay goes on without it', 'beacon node: ready'],
  )
})

test('after a stop nothing is asked', async (t) => {
  const { node, become, clock, server } = await scene(t)
  await become('ready')
  await until('a timer', () => clock.pending === 1)
  node.stop()
  assert.equal(clock.pending, 0)
  const before = server.asked.length
  clock.advance(120_000)
  assert.equal(server.asked.length, before)
})
