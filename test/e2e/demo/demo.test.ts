import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { MeshTopicView } from '../../../src/rpc/mesh-views.ts'
import type { PeerView } from '../../../src/rpc/peer-views.ts'
import { DemoProcess, isAlive } from './demo-process.ts'
import { eventually } from './plain-relay.ts'

/** The demo promises twenty seconds on a machine that does nothing else: this one runs other tests beside it. */
const SHOW_TIMEOUT_MS = 60_000
const STOP_LIMIT_MS = 10_000

async function getJson<Body>(demo: DemoProcess, path: string): Promise<{ status: number; body: Body }> {
  const response = await fetch(`${demo.apiUrl}${path}`, { signal: AbortSignal.timeout(5000) })
  return { status: response.status, body: (await response.json()) as Body }
}

/** A started demo whose second pulse with traffic is out. */
async function startedDemo(): Promise<DemoProcess> {
  await using starting = new AsyncDisposableStack()
  const demo = starting.use(new DemoProcess(['--api-port', '0']))
  await demo.until(() => demo.pulses.some((line) => line.includes('swarm received')), 'a pulse', SHOW_TIMEOUT_MS)
  starting.move()
  return demo
}

test('a newcomer sees peers, a mesh, blocks and pulses; SIGINT ends it all', async () => {
  await using demo = await startedDemo()
  const health = await getJson<{ data: { sync_distance: number } }>(demo, '/eth/v1/node/health')
  assert.equal(health.status, 200)
  assert.ok(health.body.data.sync_distance <= 1)
  const peers = await getJson<PeerView[]>(demo, '/peers')
  assert.equal(peers.body.length, 8)
  for (const { client } of peers.body) assert.match(client, /^starling-demo\//)
  const mesh = await getJson<MeshTopicView[]>(demo, '/mesh')
  const kinds = new Set(mesh.body.filter((topic) => topic.peers.length > 0).map(({ kind }) => kind))
  for (const kind of ['BeaconBlock', 'BeaconAggregateAndProof', 'Attestation', 'DataColumnSidecar']) {
    assert.ok(kinds.has(kind), kind)
  }
  for (const path of ['/node/info', '/config']) assert.equal((await getJson(demo, path)).status, 200)
  for (const path of ['/eth/v1/node/health', '/node/info', '/peers', '/mesh', '/config']) {
    assert.ok(
      demo.lines.some((line) => line.includes('curl') && line.includes(path)),
      path,
    )
  }
  assert.match(demo.pulses.at(-1) ?? '', /peers 8, block mesh 8 \| in \d+ .* out \d{2,} \| forward p99 \d/)
  for (const line of demo.pulses) assert.doesNotMatch(line, /rejected/)

  const children = demo.children()
  assert.ok(children.length > 0)
  const askedMs = performance.now()
  demo.signal('SIGINT')
  const code = await demo.exited
  assert.equal(code, 0, [`exit code ${code}`, ...demo.lines.slice(-20), demo.stderr].join('\n'))
  assert.ok(performance.now() - askedMs < STOP_LIMIT_MS)
  assert.deepEqual(children.filter(isAlive), [])
  assert.equal(demo.stderr, '')
})

test('the swarm does not outlive a killed parent', async () => {
  await using demo = await startedDemo()
  const children = demo.children()
  assert.ok(children.length > 0)
  demo.signal('SIGKILL')
  await demo.exited
  await eventually(() => !children.some(isAlive), 'the swarm is gone', STOP_LIMIT_MS)
})

test('flags that make no configuration end it with code 2 and leave nothing', async () => {
  await using demo = new DemoProcess(['--network', 'hoodi', '--api-prot', '0'])
  assert.equal(await demo.exited, 2)
  assert.match(demo.stderr, /cannot be combined with --network/)
  assert.match(demo.stderr, /--api-prot: unknown flag/)
})
