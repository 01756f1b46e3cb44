import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AccessDocument } from '../../../../src/api/operator.ts'
import { NO_KEY, OWN_ID, Runs } from './operator-scene.ts'

const NOTHING: AccessDocument = {
  version: 1,
  banned_peers: [],
  banned_ip_ranges: [],
  banned_agents: [],
  trusted_peers: [],
}

function trusted(peer_id: string, enr: string | null = null, addresses: readonly string[] = [`/to/${peer_id}`]) {
  return { peer_id, enr, addresses }
}

const FULL: AccessDocument = {
  version: 1,
  banned_peers: ['z', 'b'],
  banned_ip_ranges: ['192.0.2.0/24'],
  banned_agents: ['spy', 'crawler'],
  trusted_peers: [trusted('t', 'enr:t.1'), trusted('a')],
}

test('what one relay exports another imports, exports again, and has after a restart', async (t) => {
  const [here, there] = [new Runs(t), new Runs(t)]
  const { operator } = await here.start()
  for (const id of FULL.banned_peers) await operator.banPeer(id)
  for (const agent of FULL.banned_agents) await operator.banAgent(agent)
  await operator.banRange('192.0.2.0/24')
  await operator.trustPeer({ enr: 'enr:t.1' })
  await operator.trustPeer({ multiaddr: '/to/a' })
  assert.deepEqual(operator.exportAccess(), FULL)
  const other = await there.start()
  assert.deepEqual(await other.operator.importAccess(operator.exportAccess()), { added: 7, removed: 0 })
  assert.deepEqual(other.operator.exportAccess(), FULL)
  assert.deepEqual(await other.operator.importAccess(FULL), { added: 0, removed: 0 })
  assert.deepEqual((await there.start()).operator.exportAccess(), FULL)
})

test('an import asks the worker about trusted peers of whom it says something new, and no others', async (t) => {
  const { operator, worker } = await new Runs(t).start()
  await operator.importAccess(FULL)
  const first = worker.resolved
  assert.equal(first, 3) // one ENR, two addresses
  await operator.importAccess(FULL)
  assert.equal(worker.resolved, first)
  const newer = { ...FULL, trusted_peers: [trusted('t', 'enr:t.2'), trusted('a')] }
  assert.deepEqual(await operator.importAccess(newer), { added: 0, removed: 0 })
  assert.equal(worker.resolved, first + 2)
  assert.deepEqual(operator.exportAccess(), newer)
})

test('an import replaces: what it lacks is gone, trust may become a ban and back', async (t) => {
  const scene = await new Runs(t).start()
  const { operator, worker, kept } = scene
  await operator.importAccess(FULL)
  await operator.addExplicitPeer('a')
  const swapped = { ...NOTHING, banned_peers: ['a', 'b'], trusted_peers: [trusted('z'), trusted('t', 'enr:t.2')] }
  assert.deepEqual(await operator.importAccess(swapped), { added: 2, removed: 5 })
  // Who stays keeps the place, as on the disk; who is new comes behind.
  const ordered = { ...swapped, banned_peers: ['b', 'a'], trusted_peers: swapped.trusted_peers.toReversed() }
  assert.deepEqual(operator.exportAccess(), ordered)
  assert.deepEqual(kept.accessStore.load(), worker.access)
  assert.deepEqual(new Set(worker.access.bannedPeers), new Set(['a', 'b']))
  assert.deepEqual([worker.explicit.size, kept.explicitPeersStore.all()], [0, []])
  assert.deepEqual(await operator.importAccess(NOTHING), { added: 0, removed: 4 })
  assert.deepEqual(operator.exportAccess(), NOTHING)
})

test('an import makes bans of the file permanent, or lifts them until the next start', async (t) => {
  const runs = new Runs(t)
  const first = await runs.start({ bannedPeers: ['f', 'g'] })
  const view = await first.operator.importAccess({ ...NOTHING, banned_peers: ['f'] })
  assert.deepEqual(view, { added: 0, removed: 1 })
  assert.deepEqual(first.kept.accessStore.load().bannedPeers, ['f'])
  const [line] = first.logged.filter(({ level }) => level === 40)
  assert.deepEqual([line?.['msg'], line?.['peer']], ['unbanned until the next start only: the ban file names it', 'g'])
  assert.deepEqual((await runs.start()).worker.access.bannedPeers, ['f'])
})

const REFUSED: readonly [string, Partial<AccessDocument>, string, string][] = [
  [
    'banned and trusted',
    { banned_peers: ['a'], trusted_peers: [trusted('a')] },
    'BAD_REQUEST',
    'peer a is both banned and trusted',
  ],
  ['trusted twice', { trusted_peers: [trusted('a'), trusted('a')] }, 'BAD_REQUEST', 'peer a is trusted twice'],
  [
    'trusted without a place',
    { trusted_peers: [trusted('a', null, [])] },
    'BAD_REQUEST',
    'neither an ENR nor an address (trusted peer a)',
  ],
  ['a bad ENR', { trusted_peers: [trusted('a', 'enr:')] }, 'BAD_ENR', 'names nobody (trusted peer a)'],
  [
    'a bad address',
    { trusted_peers: [trusted('a', null, ['/to/a', '/x'])] },
    'BAD_MULTIADDR',
    'names nobody (trusted peer a)',
  ],
  [
    'the ENR of another',
    { trusted_peers: [trusted('a', 'enr:b')] },
    'BAD_REQUEST',
    'ENR or address of b (trusted peer a)',
  ],
  [
    'our own id trusted',
    { trusted_peers: [trusted(OWN_ID)] },
    'BAD_REQUEST',
    `our own peer id (trusted peer ${OWN_ID})`,
  ],
  [
    'a peer id that is none',
    { trusted_peers: [trusted(NO_KEY)] },
    'BAD_REQUEST',
    `invalid peer id (trusted peer ${NO_KEY})`,
  ],
  ['our own id banned', { banned_peers: [OWN_ID] }, 'BAD_REQUEST', 'our own peer id'],
  ['banned for its score', { trusted_peers: [trusted('s')] }, 'PEER_BANNED', 'peer is banned (trusted peer s)'],
  [
    'too many agents',
    { banned_agents: Array.from({ length: 65 }, (_, index) => `agent ${index}`) },
    'LIST_FULL',
    'at most 64 banned agents',
  ],
  [
    'too many trusted',
    { trusted_peers: Array.from({ length: 257 }, (_, index) => trusted(`p${index}`)) },
    'LIST_FULL',
    'at most 256 trusted peers',
  ],
]

for (const [name, part, code, message] of REFUSED) {
  test(`${name}: refused as a whole`, async (t) => {
    const { operator, worker, kept } = await new Runs(t).start()
    await operator.importAccess(FULL)
    worker.scoreBans = ['s']
    const before = [operator.exportAccess(), kept.accessStore.load()]
    const document = { ...NOTHING, banned_ip_ranges: ['10.0.0.0/8'], ...part }
    await assert.rejects(operator.importAccess(document), { code, message })
    await operator.patchConfig({ target_peers: 90 }) // behind whatever was undone
    assert.deepEqual([operator.exportAccess(), kept.accessStore.load()], before)
    assert.deepEqual(worker.access.bannedRanges, FULL.banned_ip_ranges)
    assert.deepEqual(new Set(worker.access.bannedPeers), new Set(FULL.banned_peers))
  })
}
