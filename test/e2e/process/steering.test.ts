import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { MeshTopicView } from '../../../src/rpc/mesh-views.ts'
import { StarlingProcess } from '../../support/starling-process.ts'

const PEER = '16Uiu2HAmJB7R91zvvnx5P29vfuqpWUvjnCTKhrV4r8YgCpx1N56S'

function path(topic: string, peerId = PEER): string {
  return `/mesh/${encodeURIComponent(topic)}/${peerId}`
}

test('the real node answers what cannot be done with the texts of the document, and changes nothing', async () => {
  await using relay = await StarlingProcess.start({ flags: ['--no-quic', '--topics', 'beacon_block'] })
  const mesh = await relay.fetchJson<readonly MeshTopicView[]>('/mesh')
  const topic = mesh.find(({ kind }) => kind === 'BeaconBlock')?.topic ?? ''
  const config = await relay.fetchJson('/config')
  const elsewhere = topic.replace('beacon_block', 'voluntary_exit')
  const cases: readonly (readonly [method: string, path: string, status: number, body: unknown])[] = [
    ['POST', path(topic), 409, { error: 'peer not connected' }],
    ['POST', path(elsewhere), 404, { error: 'not subscribed to topic' }],
    ['DELETE', path(elsewhere), 404, { error: 'not subscribed to topic' }],
    ['POST', path(topic.replace('beacon_block', 'beacon_bloc')), 400, { error: 'invalid topic' }],
    ['POST', path(encodeURIComponent(topic)), 400, { error: 'invalid topic' }],
    ['POST', path(topic, `${PEER.slice(0, -1)}t`), 400, { error: 'invalid peer id' }],
    ['POST', `/mesh/explicit/${PEER.slice(0, -1)}t`, 400, { error: 'invalid peer id' }],
    ['DELETE', path(topic), 200, { status: 'ok', topic, peer_id: PEER, action: 'not_in_mesh' }],
  ]
  for (const [method, target, status, body] of cases) {
    assert.deepEqual(await relay.request(method, target), { status, body }, `${method} ${target}`)
  }
  const own = await relay.request<{ error: string }>('POST', `/mesh/explicit/${relay.peerId}`)
  assert.equal(own.status, 400)
  assert.match(own.body.error, /our own/)
  const bad = await relay.request('PATCH', '/config', { network_load: 8, target_peers: 1_001 })
  assert.equal(bad.status, 400)
  assert.deepEqual(await relay.fetchJson('/config'), config)
  const replayed = await relay.request('PATCH', '/config', config)
  assert.deepEqual(replayed, { status: 200, body: { status: 'ok', ...(config as object) } })
  assert.deepEqual(await relay.fetchJson('/config'), config)
  assert.deepEqual(await relay.fetchJson('/mesh/explicit'), [])
  assert.deepEqual(await relay.fetchJson('/mesh'), mesh)
})
