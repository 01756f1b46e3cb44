import assert from 'node:assert/strict'
import { Agent, get } from 'node:http'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { Child, quietFlags, starling } from './child.ts'

/** Bound of design.md: a stop, goodbyes included. */
const STOP_BOUND_MS = 10_000
const HASTY_RELAY = fileURLToPath(new URL('./hasty-relay.ts', import.meta.url))

test('starts, says where it is, answers health, and leaves in order on SIGTERM', async (t) => {
  const began = performance.now()
  const child = starling(t, ['run', ...quietFlags(t)])
  const line = await child.line('relay started')
  t.diagnostic(`listening after ${Math.round(performance.now() - began)} ms`)
  assert.equal(line['level'], 'info')
  assert.match(String(line['peer_id']), /^16Uiu2HA/)
  assert.match(String(line['enr']), /^enr:-/)
  const addresses = line['addresses'] as string[]
  const suffix = `/p2p/${line['peer_id']}`
  assert.match(addresses[0] ?? '', /^\/ip4\/127\.0\.0\.1\/tcp\/\d+\/p2p\//)
  assert.ok(addresses.some((address) => /\/udp\/\d+\/quic-v1\/p2p\//.test(address)))
  assert.ok(addresses.every((address) => address.endsWith(suffix) && !address.includes('/0/')))

  const health = await fetch(`${line['api']}/eth/v1/node/health`)
  assert.equal(health.status, 206, 'listening, and no peer in the block mesh')
  assert.equal(typeof ((await health.json()) as { data: { sync_distance: unknown } }).data.sync_distance, 'number')
  const info = await fetch(`${line['api']}/node/info`)
  assert.equal(((await info.json()) as { peer_id: string }).peer_id, line['peer_id'])

  child.process.kill('SIGTERM')
  const { code, ms } = await child.end()
  t.diagnostic(`ended ${Math.round(ms)} ms after SIGTERM`)
  assert.equal(code, 0)
  assert.ok(ms < STOP_BOUND_MS)
  assert.deepEqual(child.errorLines, [])
  assert.deepEqual(
    child.log.filter(({ level }) => level === 'fatal' || level === 'error'),
    [],
  )
})

test('without a command it runs; SIGINT stops it too, an idle API connection or not', async (t) => {
  const child = starling(t, quietFlags(t))
  const { api } = await child.line('relay started')
  const agent = new Agent({ keepAlive: true })
  t.after(() => agent.destroy())
  await new Promise((resolve) =>
    get(`${api}/eth/v1/node/health`, { agent }, (answer) => answer.resume().on('end', resolve)),
  )
  child.process.kill('SIGINT')
  const { code, ms } = await child.end()
  assert.equal(code, 0)
  assert.ok(ms < STOP_BOUND_MS)
})

test('keeps its identity over a restart, and tells peers of a newer version of its metadata', async (t) => {
  const flags = quietFlags(t)
  const ids: unknown[] = []
  const versions: bigint[] = []
  for (let run = 0; run < 2; run++) {
    const child = starling(t, ['run', ...flags])
    const { peer_id, api } = await child.line('relay started')
    ids.push(peer_id)
    const identity = await fetch(`${api}/eth/v1/node/identity`)
    const { data } = (await identity.json()) as { data: { metadata: { seq_number: string } } }
    versions.push(BigInt(data.metadata.seq_number))
    child.process.kill('SIGTERM')
    assert.equal((await child.end()).code, 0)
  }
  assert.equal(ids[0], ids[1])
  const [first = 0n, second = 0n] = versions
  assert.ok(first > 0n && second > first, String(versions))
})

test('SIGTERM while it starts ends it in order', async (t) => {
  const child = starling(t, ['run', ...quietFlags(t)])
  await child.line('gossip topics changed') // of the worker, before its node listens
  child.process.kill('SIGTERM')
  const { code, ms } = await child.end()
  assert.equal(code, 0)
  assert.ok(ms < STOP_BOUND_MS)
})

for (const afterMs of [0, 50, 250]) {
  test(`SIGTERM ${afterMs} ms after it was begun, before its network worker can hear of it, ends it in order`, async (t) => {
    const child = new Child(t, process.execPath, [
      '--disable-warning=ExperimentalWarning',
      HASTY_RELAY,
      String(afterMs),
      ...quietFlags(t),
    ])
    const { code, ms } = await child.end()
    assert.equal(code, 0)
    assert.ok(ms < STOP_BOUND_MS)
    assert.deepEqual(child.errorLines, [])
  })
}
