/** Beacon nodes that answer some of what they are asked, or other things than are true: real versions do each of these. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pubkeyOf, rootOf, sendJson } from '../../support/beacon-node-server.ts'
import { smallNetwork } from '../../unit/network-worker/small-network.ts'
import { bare, beaconScene, NETWORK, START_EPOCH } from './beacon-scene.ts'

const { slotsPerEpoch } = NETWORK
const dutiesPath = (epoch: number, version = 1): string => `/eth/v${version}/validator/duties/proposer/${epoch}`
const warnings = (lines: readonly { readonly level: number }[]): number =>
  lines.filter(({ level }) => level === 40).length

for (const status of [400, 404, 500]) {
  test(`the next epoch's proposers refused with ${status}: the rest is used, and one line says so`, async (t) => {
    const { facts, lines, become, round, start, refuse, node } = await beaconScene(t)
    for (const version of [1, 2]) refuse(dutiesPath(START_EPOCH + 1, version), status)
    start()
    await become('ready')
    assert.equal(facts[0]?.head.slot, 100)
    assert.equal(facts[0]?.toldFinalized?.epoch, 9)
    assert.equal(facts[0]?.duties?.length, slotsPerEpoch)
    for (let slot = 0; slot < 3; slot++) await round()
    assert.equal(node.view().state, 'ready')
    assert.equal(facts.length, 4)
    assert.equal(warnings(lines), 1)
    await round() // the next epoch is this one now
    const told = facts.at(-1)?.duties?.map(({ slot }) => Math.floor(slot / slotsPerEpoch)) ?? []
    assert.ok(!told.includes(START_EPOCH + 1))
  })
}

test('no proposers at all: head and finality are told, and the proposers as soon as they are there', async (t) => {
  const { facts, become, round, start, refuse, server } = await beaconScene(t)
  for (const epoch of [START_EPOCH, START_EPOCH + 1]) refuse(dutiesPath(epoch), 404)
  start()
  await become('ready')
  assert.deepEqual(facts[0], {
    head: { slot: 100, rootHex: bare(rootOf(100)) },
    toldFinalized: { epoch: 9, rootHex: bare(rootOf(72)) },
  })
  server.instead.clear()
  await round()
  assert.equal(facts[1]?.duties?.length, 2 * slotsPerEpoch)
})

test('proposers by the second form of the route are taken where the first has none', async (t) => {
  const { facts, become, start, refuse, server } = await beaconScene(t)
  refuse(dutiesPath(START_EPOCH + 1), 500)
  const slot = (START_EPOCH + 1) * slotsPerEpoch
  const pubkey = `0x${pubkeyOf(7).toString('hex')}`
  server.instead.set(dutiesPath(START_EPOCH + 1, 2), (_, response) =>
    sendJson(response, { dependent_root: rootOf(1), data: [{ pubkey, validator_index: '7', slot: String(slot) }] }),
  )
  start()
  await become('ready')
  assert.deepEqual(facts[0]?.duties?.at(-1), { slot, validatorIndex: 7, pubkeyHex: bare(pubkey) })
})

test('duties of another epoch are no answer, and those known stay', async (t) => {
  const { node, facts, become, server, round, start } = await beaconScene(t)
  start()
  await become('ready')
  server.instead.set(dutiesPath(START_EPOCH + 1), (_, response) =>
    sendJson(response, { data: [{ pubkey: `0x${'00'.repeat(48)}`, validator_index: '1', slot: '1' }] }),
  )
  for (let slot = 0; slot < 8; slot++) await round()
  assert.deepEqual(node.view().failures, { bad_answer: 1 })
  assert.equal(node.view().state, 'ready')
  const duties = facts.findLast((fact) => fact.duties !== undefined)?.duties ?? []
  const slots = new Set(duties.map(({ slot }) => slot))
  for (let slot = START_EPOCH * slotsPerEpoch; slot < (START_EPOCH + 3) * slotsPerEpoch; slot++) {
    assert.ok(slots.has(slot), `slot ${slot}`)
  }
})

test('a block that cannot be asked for costs the finality, not the head, and is asked for again', async (t) => {
  const { facts, become, round, start, refuse, server } = await beaconScene(t)
  refuse('/eth/v1/beacon/blocks/72/root', 500)
  start()
  await become('ready')
  assert.deepEqual([facts[0]?.head.slot, facts[0]?.toldFinalized], [100, undefined])
  server.instead.clear()
  await round()
  assert.equal(facts[1]?.toldFinalized?.epoch, 9)
})

for (const [name, change] of [
  ['a head of the future', { headSlot: 102 }],
  ['a finality ahead of the head', { finalizedEpoch: 13 }],
  ["a finality of the head's own epoch", { finalizedEpoch: 12 }],
] as const) {
  test(`${name} is told to nobody`, async (t) => {
    const { facts, lines, become, start, server, node } = await beaconScene(t)
    Object.assign(server, change)
    start()
    await become('away')
    assert.equal(facts.length, 0)
    assert.deepEqual(node.view().failures, { bad_answer: 1 })
    assert.match(lines[0]?.why ?? '', /slot 102.*clock|not behind its head/)
  })
}

test('a head one slot ahead of our clock is that of a node whose clock is a little fast', async (t) => {
  const { become, start, server } = await beaconScene(t)
  server.headSlot = 101
  start()
  await become('ready')
})

for (const [syncDistance, state] of [
  ['-1', 'ready'],
  ['18446744073709551615', 'ready'],
  ['8', 'ready'],
  ['9', 'syncing'],
] as const) {
  test(`${syncDistance} slots behind by its own word: ${state}`, async (t) => {
    const { become, start, server } = await beaconScene(t)
    server.syncing = { is_syncing: false, sync_distance: syncDistance }
    start()
    await become(state)
  })
}

test('a node that fails halfway is asked less and less too', async (t) => {
  const { server, become, round, start, refuse } = await beaconScene(t)
  refuse('/eth/v1/beacon/headers/head', 500)
  start()
  await become('away')
  for (const ms of [1000, 2000, 4000, 8000]) {
    const before = server.asked.length
    await round(ms - 1)
    assert.equal(server.asked.length, before)
    await round(1)
    assert.ok(server.asked.length > before)
  }
})

test('a node of another network that takes the place of ours is found out in the next epoch', async (t) => {
  const { server, facts, become, round, start, lines } = await beaconScene(t)
  start()
  await become('ready')
  const genesis = {
    genesis_time: String(NETWORK.genesisTimeSeconds),
    genesis_validators_root: `0x${'ab'.repeat(32)}`,
    genesis_fork_version: `0x${NETWORK.forks[0]?.versionHex}`,
  }
  server.instead.set('/eth/v1/beacon/genesis', (_, response) => sendJson(response, { data: genesis }))
  for (let slot = 0; slot < 4; slot++) await round()
  await become('mismatch')
  const told = facts.length
  await round(60_000)
  assert.equal(facts.length, told)
  assert.equal(lines.filter(({ level }) => level === 50).length, 1)
})

test('another limit of blobs is a warning, once, and the node is used', async (t) => {
  const network = smallNetwork({ blobSchedule: [{ epoch: 20, maxBlobsPerBlock: 12 }] })
  const { become, round, start, server, lines } = await beaconScene(t, network)
  server.spec['BLOB_SCHEDULE'] = [{ EPOCH: '20', MAX_BLOBS_PER_BLOCK: '15' }]
  start()
  await become('ready')
  for (let slot = 0; slot < 8; slot++) await round()
  assert.equal(warnings(lines), 1)
  assert.match(lines.find(({ level }) => level === 40)?.difference ?? '', /ours 20:12, the node's 20:15/)
})
