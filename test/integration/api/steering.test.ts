import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startHarness } from './api-harness.ts'
import { CONFIG, PEER_A, PEER_B, PEER_C, RelayDouble, TOPIC } from './relay-double.ts'

const LINK_B = `/mesh/${encodeURIComponent(TOPIC)}/${PEER_B}`

function link(peerId: string, action: string): unknown {
  return { status: 'ok', topic: TOPIC, peer_id: peerId, action }
}

test('PATCH /config answers what is in force, in the order of the document, and GET reads it', async (t) => {
  const { call, stored } = await startHarness(t, new RelayDouble().handlers)
  const body = { target_peers: 100, max_latency_ms: 200, network_load: 6 }
  const reply = await call('PATCH', '/config', { body })
  assert.equal(reply.status, 200)
  const expected = { ...body, heartbeat_interval_ms: 600, discovery_interval_ms: 2000, active_validators: null }
  assert.equal(reply.text, JSON.stringify({ status: 'ok', ...expected }))
  assert.equal((await call('GET', '/config')).text, JSON.stringify(expected))
  assert.deepEqual(stored().settings, body)
})

test('PATCH /config changes what is named and leaves the rest', async (t) => {
  const { call, stored } = await startHarness(t, new RelayDouble().handlers)
  await call('PATCH', '/config', { body: { max_latency_ms: 175.5 } })
  await call('PATCH', '/config', { body: { discovery_interval_ms: 500 } })
  assert.deepEqual((await call('GET', '/config')).json(), {
    ...CONFIG,
    max_latency_ms: 175.5,
    discovery_interval_ms: 500,
  })
  assert.deepEqual(stored().settings, { max_latency_ms: 175.5, discovery_interval_ms: 500 })
})

test('PATCH /config takes a validator count, and keeps it', async (t) => {
  const { call, stored } = await startHarness(t, new RelayDouble().handlers)
  const reply = await call('PATCH', '/config', { body: { active_validators: 1_100_000 } })
  assert.deepEqual(reply.json(), { status: 'ok', ...CONFIG, active_validators: 1_100_000 })
  assert.deepEqual((await call('GET', '/config')).json(), { ...CONFIG, active_validators: 1_100_000 })
  assert.deepEqual(stored().settings, { active_validators: 1_100_000 })
})

test('what GET /config answers can be sent as a PATCH, and changes nothing; null is back to nobody having said', async (t) => {
  const { call, stored } = await startHarness(t, new RelayDouble().handlers)
  const read = (await call('GET', '/config')).json()
  assert.deepEqual(read, CONFIG)
  assert.equal(CONFIG.active_validators, null)
  assert.deepEqual((await call('PATCH', '/config', { body: read })).json(), { status: 'ok', ...CONFIG })
  const { active_validators: _, ...numbers } = CONFIG
  assert.deepEqual(stored().settings, numbers)
  await call('PATCH', '/config', { body: { active_validators: 900 } })
  const back = await call('PATCH', '/config', { body: { active_validators: null } })
  assert.deepEqual(back.json(), { status: 'ok', ...CONFIG })
  assert.deepEqual(stored().settings, numbers)
})

test('a network load resets the heartbeat to its own, unless the same PATCH names one', async (t) => {
  const { call } = await startHarness(t, new RelayDouble().handlers)
  const steps = [
    [{ heartbeat_interval_ms: 300 }, { network_load: 5, heartbeat_interval_ms: 300 }],
    [{ target_peers: 10 }, { network_load: 5, heartbeat_interval_ms: 300 }],
    [{ network_load: 8 }, { network_load: 8, heartbeat_interval_ms: 500 }],
    [
      { heartbeat_interval_ms: 90, network_load: 1 },
      { network_load: 1, heartbeat_interval_ms: 90 },
    ],
    [{ network_load: 1 }, { network_load: 1, heartbeat_interval_ms: 1200 }],
    [{ network_load: 33 }, { network_load: 33, heartbeat_interval_ms: 200 }],
  ] as const
  for (const [body, expected] of steps) {
    const reply = (await call('PATCH', '/config', { body })).json() as Record<string, unknown>
    const { network_load, heartbeat_interval_ms } = reply
    assert.deepEqual({ network_load, heartbeat_interval_ms }, expected)
  }
})

test('GRAFT and PRUNE by hand: what was done, with topic and peer echoed', async (t) => {
  const relay = new RelayDouble(PEER_A, PEER_B)
  const { call } = await startHarness(t, relay.handlers)
  const actions: unknown[] = []
  for (const method of ['POST', 'POST', 'DELETE', 'DELETE']) {
    const reply = await call(method, LINK_B)
    assert.equal(reply.status, 200)
    actions.push(reply.json())
  }
  assert.deepEqual(actions, [
    link(PEER_B, 'grafted'),
    link(PEER_B, 'already_in_mesh'),
    link(PEER_B, 'pruned'),
    link(PEER_B, 'not_in_mesh'),
  ])
  assert.deepEqual([...(relay.mesh.get(TOPIC) ?? [])], [PEER_A])
})

test('a GRAFT above the upper bound is done, and warned about', async (t) => {
  const relay = new RelayDouble(PEER_A, PEER_B)
  relay.meshHigh = 1
  const { call } = await startHarness(t, relay.handlers)
  const reply = await call('POST', LINK_B, { body: {} })
  assert.equal(
    reply.text,
    JSON.stringify({
      status: 'ok',
      topic: TOPIC,
      peer_id: PEER_B,
      action: 'grafted',
      warning: 'the mesh is above its upper bound',
    }),
  )
})

test('clients that send an empty body with a length, as many do, are served', async (t) => {
  const { call } = await startHarness(t, new RelayDouble(PEER_B).handlers)
  for (const headers of [{ 'content-length': '0' }, { 'content-length': '0', 'content-type': 'text/plain' }]) {
    assert.equal((await call('POST', LINK_B, { body: '', headers })).status, 200)
    assert.equal((await call('POST', `/mesh/explicit/${PEER_C}`, { body: '', headers })).status, 200)
  }
})

test('explicit peers: added once or twice, listed, kept, removed once or twice', async (t) => {
  const { call, stored } = await startHarness(t, new RelayDouble(PEER_A).handlers)
  assert.equal((await call('GET', '/mesh/explicit')).text, '[]')
  for (const peerId of [PEER_A, PEER_C, PEER_C]) {
    const reply = await call('POST', `/mesh/explicit/${peerId}`)
    assert.equal(reply.text, JSON.stringify({ status: 'ok', peer_id: peerId, action: 'added_to_explicit' }))
  }
  assert.equal(
    (await call('GET', '/mesh/explicit')).text,
    JSON.stringify([
      { peer_id: PEER_A, is_connected: true },
      { peer_id: PEER_C, is_connected: false },
    ]),
  )
  assert.deepEqual(stored().explicitPeers, [PEER_A, PEER_C])
  for (const peerId of [PEER_A, PEER_A, PEER_B]) {
    const reply = await call('DELETE', `/mesh/explicit/${peerId}`)
    assert.equal(reply.text, JSON.stringify({ status: 'ok', peer_id: peerId, action: 'removed_from_explicit' }))
  }
  assert.deepEqual(stored().explicitPeers, [PEER_C])
})

test('writes are logged at info with who asked', async (t) => {
  const { call, logged } = await startHarness(t, new RelayDouble().handlers)
  await call('PATCH', '/config', { body: { network_load: 9 } })
  const line = logged.find(({ msg }) => msg === 'settings changed')
  assert.deepEqual(line?.['changed'], { network_load: 9 })
  const request = logged.find(({ msg }) => msg === 'API request')
  assert.deepEqual([request?.['level'], request?.['method'], request?.['status']], [30, 'PATCH', 200])
})
