import assert from 'node:assert/strict'
import { test } from 'node:test'
import { OWN_ID, Runs, type Scene } from './operator/operator-scene.ts'

function warnings({ logged }: Scene): unknown[] {
  return logged.filter(({ level }) => level === 40).map(({ msg, peer, target }) => [msg, peer ?? target])
}

function banned({ worker, kept }: Scene) {
  return { inForce: worker.access.bannedPeers, onDisk: kept.accessStore.load().bannedPeers }
}

test('the ban file bans at each start, on top of the disk, and is not written there', async (t) => {
  const runs = new Runs(t)
  const first = await runs.start()
  await first.operator.banPeer('a')
  const second = await runs.start({ bannedPeers: ['f', 'a'] })
  assert.deepEqual(banned(second), { inForce: ['a', 'f'], onDisk: ['a'] })
  assert.deepEqual(await second.operator.listBannedPeers(), [
    { peer_id: 'a', ban_type: 'permanent' },
    { peer_id: 'f', ban_type: 'permanent' },
  ])
  assert.deepEqual(banned(await runs.start()), { inForce: ['a'], onDisk: ['a'] })
})

test('an unban of a peer of the file holds until the next start, and says so', async (t) => {
  const runs = new Runs(t)
  const first = await runs.start({ bannedPeers: ['f'] })
  await first.operator.unbanPeer('f')
  assert.deepEqual(banned(first), { inForce: [], onDisk: [] })
  assert.deepEqual(warnings(first), [['unbanned until the next start only: the ban file names it', 'f']])
  const second = await runs.start({ bannedPeers: ['f'] })
  assert.deepEqual(banned(second), { inForce: ['f'], onDisk: [] })
})

test('a ban over the API outlives the ban file', async (t) => {
  const runs = new Runs(t)
  const first = await runs.start({ bannedPeers: ['f'] })
  await first.operator.banPeer('f')
  assert.deepEqual(banned(await runs.start()), { inForce: ['f'], onDisk: ['f'] })
})

test('whoever the ban file names is neither trusted nor explicit any more', async (t) => {
  const runs = new Runs(t)
  const first = await runs.start()
  for (const id of ['f', 'g']) {
    await first.operator.trustPeer({ multiaddr: `/to/${id}` })
    await first.operator.addExplicitPeer(id)
  }
  const second = await runs.start({ bannedPeers: ['f'] })
  assert.deepEqual(warnings(second), [
    ['trusted no more: the ban file names it', 'f'],
    ['explicit no more: the ban file names it', 'f'],
  ])
  const third = await runs.start()
  assert.deepEqual(
    third.worker.access.trustedPeers.map(({ peerId }) => peerId),
    ['g'],
  )
  assert.deepEqual([...third.worker.explicit.keys()], ['g'])
})

test('trust by the flag is in force in this run only, with what the disk knows of the peer', async (t) => {
  const runs = new Runs(t)
  const first = await runs.start()
  await first.operator.trustPeer({ enr: 'enr:a.1' })
  const second = await runs.start()
  await second.operator.trustForThisRun(['/to/a', 'enr:b.1', '/to/b'])
  assert.deepEqual(second.worker.access.trustedPeers, [
    { peerId: 'a', enr: 'enr:a.1', addresses: ['/to/a'] },
    { peerId: 'b', enr: 'enr:b.1', addresses: ['/to/b'] },
  ])
  assert.deepEqual(second.operator.exportAccess().trusted_peers.length, 2)
  await second.operator.untrustPeer('b')
  assert.deepEqual(warnings(second), [['untrusted until the next start only: --trusted-peers names it', 'b']])
  const third = await runs.start()
  assert.deepEqual(
    third.worker.access.trustedPeers.map(({ peerId }) => peerId),
    ['a'],
  )
})

test('a ban wins over the flag, whichever kind it is', async (t) => {
  const scene = await new Runs(t).start({ bannedPeers: ['f'] })
  await scene.operator.banPeer('p')
  scene.worker.scoreBans = ['s']
  await scene.operator.trustForThisRun(['/to/f', '/to/p', '/to/s', '/to/t'])
  assert.deepEqual(warnings(scene), [
    ['not trusted as --trusted-peers asks: the peer is banned', 'f'],
    ['not trusted as --trusted-peers asks: the peer is banned', 'p'],
    ['not trusted as --trusted-peers asks: the peer is banned for its score', '/to/s'],
  ])
  assert.deepEqual(
    scene.worker.access.trustedPeers.map(({ peerId }) => peerId),
    ['t'],
  )
})

test('a list of a whole fleet has the relay itself in it, which is passed over', async (t) => {
  const scene = await new Runs(t).start()
  await scene.operator.trustForThisRun(['/to/a', `/to/${OWN_ID}`, '/to/b'])
  assert.deepEqual(
    scene.worker.access.trustedPeers.map(({ peerId }) => peerId),
    ['a', 'b'],
  )
  assert.deepEqual(warnings(scene), [])
})

test('a flag that names nobody is a wrong configuration, with its text, and trusts nobody', async (t) => {
  const scene = await new Runs(t).start()
  const cases = [
    ['/dns4/nobody', 'names nobody'],
    ['enr:', 'names nobody'],
  ]
  for (const [text, reason] of cases) {
    await assert.rejects(scene.operator.trustForThisRun(['/to/a', text ?? '']), {
      code: 'CONFIG_INVALID',
      message: `--trusted-peers: "${text}": ${reason}`,
    })
  }
  assert.deepEqual(scene.worker.access.trustedPeers, [])
  scene.kill()
  await assert.rejects(scene.operator.trustForThisRun(['/to/a']), { code: 'RPC_CLOSED' })
})

test('bans by score come back at the next start', async (t) => {
  const runs = new Runs(t)
  const first = await runs.start()
  const ban = { peerId: 's', peerScore: -60, gossipScore: 0, bannedAtMs: 1, frozenUntilMs: 2, ips: ['192.0.2.1'] }
  first.kept.journals.scoreBans.banned(ban)
  const second = await runs.start()
  assert.deepEqual(second.kept.restored.scoreBans, [ban])
  second.kept.journals.scoreBans.lifted('s')
  assert.deepEqual((await runs.start()).kept.restored.scoreBans, [])
})
