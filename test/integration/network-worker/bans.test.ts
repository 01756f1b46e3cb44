import assert from 'node:assert/strict'
import { test } from 'node:test'
import { relayNetwork } from '../../support/relay-config.ts'
import { connectRelays, type RunningRelay, startRelay, stateOf } from '../../support/two-nodes.ts'
import { until } from '../../support/until.ts'

const addressOf = (relay: RunningRelay): string => relay.addresses[0] ?? ''

/** Goodbyes that a relay was told, by code. */
function goodbyes(relay: RunningRelay): readonly unknown[] {
  return relay.log.filter(({ msg }) => msg === 'peer says goodbye').map(({ reason }) => reason)
}

async function pair(): Promise<readonly [RunningRelay, RunningRelay]> {
  const config = { network: relayNetwork() }
  const relays = [await startRelay({ config }), await startRelay({ config })] as const
  await connectRelays(...relays)
  return relays
}

/** Dials and waits until that has failed. */
async function refused(from: RunningRelay, to: RunningRelay): Promise<void> {
  await from.control.connectPeer({ multiaddr: addressOf(to) })
  await until('the dial to end', async () => (await from.control.getPeer(to.peerId)).state === 'disconnected')
  assert.equal(await stateOf(to, from.peerId), undefined)
}

test('a ban disconnects with goodbye 251 and holds both ways until it is lifted', async () => {
  const [relay, enemy] = await pair()
  await using _relay = relay
  await using _enemy = enemy
  await relay.control.changeAccess({ ban: [enemy.peerId] })
  assert.equal(await stateOf(relay, enemy.peerId), undefined, 'gone before the answer')
  await until('the goodbye', () => goodbyes(enemy).length > 0)
  assert.deepEqual(goodbyes(enemy), [251])
  await refused(enemy, relay)
  await assert.rejects(async () => relay.control.connectPeer({ multiaddr: addressOf(enemy) }), { code: 'PEER_BANNED' })
  await assert.rejects(async () => relay.control.describePeer(enemy.peerId), { code: 'PEER_BANNED' })
  const explicit = { peerId: enemy.peerId, addresses: [] }
  await assert.rejects(async () => relay.control.addExplicitPeer(explicit), { code: 'PEER_BANNED' })
  await relay.control.changeAccess({ unban: [enemy.peerId] })
  await connectRelays(relay, enemy)
})

test('a ban ends trust and the explicit link', async () => {
  const [relay, friend] = await pair()
  await using _relay = relay
  await using _friend = friend
  const { peerId } = friend
  await relay.control.addExplicitPeer({ peerId, addresses: [addressOf(friend)] })
  await relay.control.changeAccess({ trust: [{ peerId, enr: null, addresses: [addressOf(friend)] }] })
  assert.equal((await relay.control.getPeer(peerId)).is_trusted, true)
  await relay.control.changeAccess({ untrust: [peerId], ban: [peerId] })
  assert.deepEqual(await relay.control.listTrustedPeers(), [])
  assert.deepEqual(await relay.control.listExplicitPeers(), [])
  assert.equal(await stateOf(relay, peerId), undefined)
})

test('a banned range disconnects with goodbye 252 and refuses before encryption; a trusted peer in it stays', async () => {
  const config = { network: relayNetwork() }
  await using relay = await startRelay({ config })
  await using friend = await startRelay({ config })
  await using other = await startRelay({ config: { ...config, listenAddresses: ['127.0.0.2'] } })
  await connectRelays(relay, friend)
  await connectRelays(relay, other)
  await relay.control.changeAccess({ trust: [{ peerId: friend.peerId, enr: null, addresses: [addressOf(friend)] }] })
  await relay.control.changeAccess({ banRanges: ['127.0.0.0/8'] })
  assert.equal(await stateOf(relay, other.peerId), undefined)
  assert.equal(await stateOf(relay, friend.peerId), 'connected')
  await until('the goodbye', () => goodbyes(other).length > 0)
  assert.deepEqual(goodbyes(other), [252])
  await relay.control.changeAccess({ untrust: [friend.peerId] })
  assert.equal(await stateOf(relay, friend.peerId), undefined, 'without trust the range holds')
  await refused(friend, relay)
  await relay.control.changeAccess({ unbanRanges: ['127.0.0.0/8'] })
  await connectRelays(friend, relay)
})

test('a banned agent name disconnects those who are here and those who come', async () => {
  const [relay, other] = await pair()
  await using _relay = relay
  await using _other = other
  await until('the name', async () => (await relay.control.getPeer(other.peerId)).client.startsWith('starling'))
  await relay.control.changeAccess({ banAgents: ['starling/'] })
  assert.equal(await stateOf(relay, other.peerId), undefined)
  await other.control.connectPeer({ multiaddr: addressOf(relay) })
  await until('two goodbyes', () => goodbyes(other).length === 2)
  assert.deepEqual(goodbyes(other), [251, 251])
})

test('a change that holds one bad entry changes nothing', async () => {
  const [relay, other] = await pair()
  await using _relay = relay
  await using _other = other
  const trust = [{ peerId: other.peerId, enr: null, addresses: [addressOf(relay)] }]
  const changes = [
    [{ ban: [other.peerId, relay.peerId] }, 'BAD_REQUEST'],
    [{ ban: [other.peerId, 'rubbish'] }, 'BAD_PEER_ID'],
    [{ banRanges: ['127.0.0.0/8'], trust }, 'BAD_REQUEST'],
    [{ banAgents: ['starling'], trust: [{ peerId: other.peerId, enr: 'enr:x', addresses: [] }] }, 'BAD_ENR'],
    [{ ban: [other.peerId], trust: [{ peerId: other.peerId, enr: null, addresses: [] }] }, 'BAD_REQUEST'],
  ] as const
  for (const [change, code] of changes) {
    await assert.rejects(async () => relay.control.changeAccess(change), { code }, JSON.stringify(change))
  }
  assert.equal(await stateOf(relay, other.peerId), 'connected')
  assert.equal((await relay.control.getPeer(other.peerId)).is_trusted, false)
})

test('bans of earlier runs hold from the first connection, those by score too', async () => {
  const config = { network: relayNetwork() }
  await using enemy = await startRelay({ config })
  await using rogue = await startRelay({ config })
  const nowMs = Date.now()
  const scoreBan = { peerId: rogue.peerId, peerScore: -100, gossipScore: 0, bannedAtMs: nowMs, ips: [] }
  await using relay = await startRelay({
    config,
    access: { bannedPeers: [enemy.peerId] },
    restoredScoreBans: [{ ...scoreBan, frozenUntilMs: nowMs + 60_000 }],
  })
  await refused(enemy, relay)
  await refused(rogue, relay)
  assert.deepEqual(await relay.control.listScoreBans(), [rogue.peerId])
})
