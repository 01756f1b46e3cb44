import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { type CallOptions, type Harness, startHarness } from './api-harness.ts'
import { BACKOFF_MS, LONELY_TOPIC, NODE_INFO, PEER_A, PEER_B, PEER_C, RelayDouble, TOPIC } from './relay-double.ts'

const JSON_TYPE = { 'content-type': 'application/json' }
const ENCODED = encodeURIComponent(TOPIC)
const NO_FIELD =
  'body must have at least one of target_peers, max_latency_ms, network_load, heartbeat_interval_ms, discovery_interval_ms, active_validators'

interface Refusal {
  readonly name: string
  readonly request: readonly [method: string, path: string, options?: CallOptions]
  readonly status: number
  readonly answer: Readonly<Record<string, unknown>>
}

function patch(name: string, body: unknown, status: number, error: string): Refusal {
  const options = typeof body === 'string' ? { body, headers: JSON_TYPE } : { body }
  return { name, request: ['PATCH', '/config', options], status, answer: { error } }
}

const LEVEL = 'network_load must be an integer from 1 to 40'

const PATCHES: readonly Refusal[] = [
  ...[0, 41, 2.5, '5', null, -1, 1e21, true, [5], {}].map((level) =>
    patch(`level ${JSON.stringify(level)}`, { network_load: level }, 400, LEVEL),
  ),
  patch('level 1e999', '{"network_load":1e999}', 400, LEVEL),
  patch('level NaN', '{"network_load":NaN}', 400, 'malformed JSON'),
  patch('too many peers', { target_peers: 1001 }, 400, 'target_peers must be an integer from 0 to 1000'),
  patch('half a peer', { target_peers: 0.5 }, 400, 'target_peers must be an integer from 0 to 1000'),
  patch('no latency', { max_latency_ms: 0 }, 400, 'max_latency_ms must be a number from 1 to 60000'),
  patch('latency as text', { max_latency_ms: '150.0' }, 400, 'max_latency_ms must be a number from 1 to 60000'),
  patch('a fast heart', { heartbeat_interval_ms: 79 }, 400, 'heartbeat_interval_ms must be an integer from 80 to 5000'),
  patch('no heart', { heartbeat_interval_ms: null }, 400, 'heartbeat_interval_ms must be an integer from 80 to 5000'),
  patch('rare', { discovery_interval_ms: 10_001 }, 400, 'discovery_interval_ms must be an integer from 500 to 10000'),
  ...[0, 10_000_001, 1.5, '1000000', []].map((count) =>
    patch(
      `validators ${JSON.stringify(count)}`,
      { active_validators: count },
      400,
      'active_validators must be an integer from 1 to 10000000, or null',
    ),
  ),
  patch(
    'good fields and one bad',
    { target_peers: 100, max_latency_ms: 200, network_load: 41 },
    400,
    'network_load must be an integer from 1 to 40',
  ),
  patch('an unknown field beside a good one', { network_load: 8, status: 'ok' }, 400, 'unknown key "status"'),
  patch('another spelling', { networkLoad: 8 }, 400, 'unknown key "networkLoad"'),
  patch('a __proto__ key', '{"network_load":8,"__proto__":{"target_peers":1}}', 400, 'unknown key "__proto__"'),
  patch('nothing', {}, 400, NO_FIELD),
  patch('an array', [{ network_load: 8 }], 400, 'body must be a JSON object'),
  patch('a bare number', '8', 400, 'malformed JSON'),
  patch('half a body', '{"network_load":8', 400, 'malformed JSON'),
  patch('a huge body', { network_load: 8, pad: 'x'.repeat(1_000_000) }, 413, 'body too large'),
  patch('an empty body', '', 400, NO_FIELD),
  {
    name: 'no content type',
    request: ['PATCH', '/config', { body: '{"network_load":8}' }],
    status: 415,
    answer: { error: 'content type must be application/json' },
  },
]

const TOPICS: readonly string[] = [
  'beacon_block',
  'x',
  'explicit%20',
  '%00',
  '%2Feth2%2F..%2F..%2Fconfig',
  ENCODED.replace('%2F', '%252F'),
  encodeURIComponent(ENCODED),
  encodeURIComponent(`${TOPIC}/`),
  encodeURIComponent(TOPIC.slice(1)),
  encodeURIComponent(TOPIC.toUpperCase()),
  encodeURIComponent(TOPIC.replace('a4e6abeb', 'a4e6abeb0')),
  encodeURIComponent(TOPIC.replace('ssz_snappy', 'ssz')),
  encodeURIComponent(`${TOPIC}\n`),
  '__proto__',
  'y'.repeat(8_000),
]

function both(name: string, path: string, status: number, error: string, options?: CallOptions): Refusal[] {
  return ['POST', 'DELETE'].map((method) => ({
    name,
    request: [method, path, options ?? {}],
    status,
    answer: { error },
  }))
}

const LINKS: readonly Refusal[] = [
  ...TOPICS.flatMap((topic) => both('a bad topic', `/mesh/${topic}/${PEER_A}`, 400, 'invalid topic')),
  ...['x', '__proto__', `${PEER_A}0`, `${PEER_A}%00`, 'x'.repeat(8_000)].flatMap((id) => [
    ...both('a bad peer id', `/mesh/${ENCODED}/${id}`, 400, 'invalid peer id'),
    ...both('a bad peer id', `/mesh/explicit/${id}`, 400, 'invalid peer id'),
  ]),
  ...both(
    'a topic that is not ours',
    `/mesh/${encodeURIComponent(TOPIC.replace('a4e6', '0000'))}/${PEER_A}`,
    404,
    'not subscribed to topic',
  ),
  ...both('a bad escape', `/mesh/%E0%A4%A/${PEER_A}`, 400, 'malformed request'),
  ...both('a topic that is not encoded', `/mesh${TOPIC}/${PEER_A}`, 404, 'not found'),
  ...both('no peer', `/mesh/${ENCODED}`, 404, 'not found'),
  ...both('a body with something', `/mesh/${ENCODED}/${PEER_B}`, 400, 'no body is expected here', {
    body: { reason: 'why not' },
  }),
  {
    name: 'a body with something',
    request: ['DELETE', `/peers/${PEER_A}`, { body: { reason: 'why not' } }],
    status: 400,
    answer: { error: 'no body is expected here' },
  },
  ...both('a body with something', `/mesh/explicit/${PEER_B}`, 400, 'no body is expected here', { body: [] }),
  ...both('a huge body', `/mesh/explicit/${PEER_B}`, 413, 'body too large', { body: { pad: 'x'.repeat(1_000_000) } }),
  ...both('a form', `/mesh/explicit/${PEER_B}`, 415, 'content type must be application/json', {
    body: 'a=b',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  }),
  {
    name: 'a peer that is not connected',
    request: ['POST', `/mesh/${ENCODED}/${PEER_C}`],
    status: 409,
    answer: { error: 'peer not connected' },
  },
  {
    name: 'a peer that does not take the topic',
    request: ['POST', `/mesh/${encodeURIComponent(LONELY_TOPIC)}/${PEER_A}`],
    status: 409,
    answer: { error: 'peer not subscribed to topic' },
  },
  {
    name: 'our own id',
    request: ['POST', `/mesh/explicit/${NODE_INFO.peer_id}`],
    status: 400,
    answer: { error: 'this is our own peer id' },
  },
]

/** A relay whose every table has something in it, on the disk too. */
async function settled(t: TestContext): Promise<{ relay: RelayDouble; harness: Harness }> {
  const relay = new RelayDouble(PEER_A, PEER_B)
  const harness = await startHarness(t, relay.handlers)
  assert.equal((await harness.call('PATCH', '/config', { body: { target_peers: 33 } })).status, 200)
  assert.equal((await harness.call('POST', `/mesh/explicit/${PEER_A}`)).status, 200)
  assert.deepEqual([harness.stored().settings, harness.stored().explicitPeers], [{ target_peers: 33 }, [PEER_A]])
  return { relay, harness }
}

for (const { name, request, status, answer } of [...PATCHES, ...LINKS]) {
  const [method, path, options] = request
  test(`${method} ${path.slice(0, 60)}, ${name}: ${status}, and nothing changes`, async (t) => {
    const { relay, harness } = await settled(t)
    const [before, storedBefore] = [relay.state, harness.stored()]
    const reply = await harness.call(method, path, options)
    assert.equal(reply.status, status, reply.text)
    assert.deepEqual(reply.json(), answer)
    assert.deepEqual(relay.state, before)
    assert.deepEqual(harness.stored(), storedBefore)
    assert.equal(Object.hasOwn(Object.prototype, 'target_peers'), false)
  })
}

test('a GRAFT in the backoff is 409 and says when to come again', async (t) => {
  const { relay, harness } = await settled(t)
  relay.inBackoff.add(PEER_B)
  const before = relay.state
  const reply = await harness.call('POST', `/mesh/${ENCODED}/${PEER_B}`)
  assert.equal(reply.status, 409)
  assert.equal(reply.text, JSON.stringify({ error: 'peer in backoff', retry_after_ms: BACKOFF_MS }))
  assert.deepEqual(relay.state, before)
})

test('a GRAFT of an explicit peer is 409', async (t) => {
  const { harness } = await settled(t)
  const reply = await harness.call('POST', `/mesh/${ENCODED}/${PEER_A}`)
  assert.deepEqual([reply.status, reply.text], [409, '{"error":"peer is explicit"}'])
})
