/** Relays that docs/operators/fleet/connect.sh makes known to each other. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { ExplicitPeerView, PeerView } from '../../../src/rpc/peer-views.ts'
import { testNetwork } from '../../support/network-directory.ts'
import { StarlingProcess } from '../../support/starling-process.ts'
import { until } from '../../support/until.ts'
import { scratchFile } from './scratch.ts'

const SCRIPT = fileURLToPath(new URL('../../../docs/operators/fleet/connect.sh', import.meta.url))
const TOKEN = 'a-token-of-the-fleet'

interface Outcome {
  readonly code: number
  readonly lines: readonly string[]
  readonly complaint: string
}

function connect(args: readonly string[], token = TOKEN): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = execFile(SCRIPT, [...args], { env: { ...process.env, TOKEN: token } }, (_, out, complaint) =>
      resolve({ code: child.exitCode ?? -1, lines: out.split('\n').slice(0, -1), complaint }),
    )
  })
}

function entry(relay: StarlingProcess): string {
  return `${relay.api} ${relay.address('tcp').replace(/\/p2p\/.*/, '')}\n`
}

test('relays of a list trust each other, keep each other connected, and are explicit to each other when asked', async (t) => {
  const options = { network: testNetwork(), flags: ['--no-quic', '--api-token-file', scratchFile(t, 'token', TOKEN)] }
  await using all = new AsyncDisposableStack()
  const relays = await Promise.all([1, 2, 3].map(() => StarlingProcess.start(options)))
  for (const relay of relays) all.use(relay)
  const get = async <Body>({ api }: StarlingProcess, path: string): Promise<Body> => {
    const response = await fetch(`${api}${path}`, { headers: { authorization: `Bearer ${TOKEN}` } })
    return (await response.json()) as Body
  }
  const [lone, ...others] = relays
  assert.ok(lone !== undefined)
  const everywhere = scratchFile(t, 'fleet.txt', `# all\n\n${relays.map(entry).join('')}`)

  const missing = scratchFile(
    t,
    'missing.txt',
    `${others.map(entry).join('')}http://127.0.0.1:1 /ip4/127.0.0.1/tcp/1\n`,
  )
  const refused = await connect([missing])
  assert.equal(refused.code, 1)
  assert.match(refused.complaint, /connect\.sh: GET http:\/\/127\.0\.0\.1:1\/node\/info failed/)
  assert.deepEqual(await Promise.all(relays.map((relay) => get(relay, '/peers/trusted'))), [[], [], []])

  const trusting = await connect([everywhere])
  assert.equal(trusting.complaint, '')
  assert.equal(trusting.lines.length, 6)
  assert.ok(trusting.lines.includes(`${lone.api} trusts ${others[0]?.peerId}`))
  for (const relay of relays) {
    await until('both others to be there', async () => (await get<readonly PeerView[]>(relay, '/peers')).length === 2)
    const peers = await get<readonly PeerView[]>(relay, '/peers')
    assert.deepEqual(new Set(peers.map(({ peer_id }) => peer_id)), new Set(idsBut(relays, relay)))
    assert.ok(peers.every(({ is_trusted }) => is_trusted))
    assert.deepEqual(await get(relay, '/mesh/explicit'), [])
  }

  const explicit = await connect(['--explicit', everywhere])
  assert.equal(explicit.code, 0)
  assert.ok(explicit.lines.every((line) => line.endsWith(' and sends it everything')))
  for (const relay of relays) {
    await until('both others to be connected', async () => {
      const known = await get<readonly ExplicitPeerView[]>(relay, '/mesh/explicit')
      return known.filter(({ is_connected }) => is_connected).length === 2
    })
  }
})

test('what a relay refuses is said with its reason', async (t) => {
  const options = { network: testNetwork(), flags: ['--no-quic', '--api-token-file', scratchFile(t, 'token', TOKEN)] }
  await using relay = await StarlingProcess.start(options)
  await using other = await StarlingProcess.start(options)
  const list = scratchFile(t, 'fleet.txt', `${entry(relay)}${entry(other)}`)
  const stranger = await connect([list], 'another-token-altogether')
  assert.equal(stranger.code, 1)
  assert.match(stranger.complaint, /connect\.sh: GET \S+\/node\/info failed: \{"error":"invalid bearer token"\}/)

  const headers = { authorization: `Bearer ${TOKEN}` }
  await fetch(`${relay.api}/peers/${other.peerId}/ban`, { method: 'POST', headers })
  const banned = await connect(['--explicit', list])
  assert.equal(banned.code, 1)
  assert.match(banned.complaint, /connect\.sh: POST \S+ failed: \{"error":"peer is banned"\}/)
})

test('a list that is none is refused, and nobody is asked', async (t) => {
  for (const [content, complaint] of [
    ['# nobody\n', /names no relay/],
    ['http://127.0.0.1:1\n', /no relay: http:\/\/127\.0\.0\.1:1/],
    ['http://127.0.0.1:1 /ip4/127.0.0.1/tcp/1 more\n', /no relay: .* more/],
  ] as const) {
    const outcome = await connect([scratchFile(t, 'fleet.txt', content)])
    assert.equal(outcome.code, 1, content)
    assert.match(outcome.complaint, complaint)
  }
})

function idsBut(relays: readonly StarlingProcess[], own: StarlingProcess): readonly string[] {
  return relays.filter((relay) => relay !== own).map(({ peerId }) => peerId)
}
