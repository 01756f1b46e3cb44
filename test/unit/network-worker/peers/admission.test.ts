import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AccessBook } from '../../../../src/network-worker/peers/access/access-book.ts'
import { Admission } from '../../../../src/network-worker/peers/admission.ts'
import { PeerRegistry } from '../../../../src/network-worker/peers/peer-registry.ts'
import { ScoreBook } from '../../../../src/network-worker/peers/score/score-book.ts'
import type { AccessLists } from '../../../../src/rpc/access.ts'
import { FakeClock } from '../../../support/fake-clock.ts'

const NO_LISTS: AccessLists = { bannedPeers: [], bannedRanges: [], bannedAgents: [], trustedPeers: [] }
const FRIEND_ADDRESS = '/ip4/192.0.2.7/tcp/9000/p2p/16Uiu2HAmTH7nf3R5Ky5keaa9V21JL9jcjskHCXZZpr7VeUsnZk1m'

interface SceneOptions {
  readonly lists?: Partial<AccessLists>
  readonly targetPeers?: number
  readonly explicit?: readonly string[]
}

function scene({ lists = {}, targetPeers = 10, explicit = [] }: SceneOptions = {}) {
  const access = new AccessBook({ ...NO_LISTS, ...lists })
  const registry = new PeerRegistry()
  const scores = new ScoreBook({
    clock: new FakeClock(),
    banFreezeMs: 1_800_000,
    isTrusted: (peerId) => access.isTrusted(peerId),
    isExemptIp: () => false,
    gossipScore: () => 0,
    effects: { onForcedDisconnect: () => undefined, onBanned: () => undefined, onUnbanned: () => undefined },
  })
  const isKept = (peerId: string): boolean => access.isTrusted(peerId) || explicit.includes(peerId)
  const admission = new Admission({ access, scores, registry, isKept, targetPeers: () => targetPeers })
  const connect = (peerId: string): void => {
    const record = registry.enter(peerId, '', 'inbound')
    record.state = 'connected'
    record.connections++
  }
  return { admission, access, scores, registry, connect }
}

/** Bans a peer by its score, as one of an address. */
function disgrace(scores: ScoreBook, peerId: string, ip: string): void {
  scores.connected(peerId, ip)
  scores.report(peerId, 'fatal', 'gossip_bad_rpc')
}

const trusted = (peerId: string) => ({ peerId, enr: null, addresses: [FRIEND_ADDRESS] })

test('a banned peer is refused both ways, and its goodbye is 251', () => {
  const { admission } = scene({ lists: { bannedPeers: ['enemy'] } })
  assert.equal(admission.admitsPeer('enemy', '192.0.2.1', 'inbound'), false)
  assert.equal(admission.admitsPeer('enemy', '192.0.2.1', 'outbound'), false)
  assert.equal(admission.isBanned('enemy'), true)
  assert.equal(admission.whyBanned('enemy', undefined), 251)
  assert.equal(admission.admitsPeer('friend', '192.0.2.1', 'inbound'), true)
  assert.deepEqual(admission.refused, { ip: 0, banned: 2, full: 0 })
})

test('a peer banned by its score is refused both ways, and its goodbye is 250', () => {
  const { admission, scores } = scene()
  disgrace(scores, 'enemy', '192.0.2.1')
  assert.equal(admission.admitsPeer('enemy', '192.0.2.1', 'inbound'), false)
  assert.equal(admission.admitsPeer('enemy', undefined, 'outbound'), false)
  assert.equal(admission.whyBanned('enemy', '192.0.2.1'), 250)
})

test('a banned range is refused before encryption, dials into it after, and its goodbye is 252', () => {
  const { admission } = scene({ lists: { bannedRanges: ['192.0.2.0/24'] } })
  assert.equal(admission.admitsAddress('192.0.2.200'), false)
  assert.equal(admission.admitsAddress('192.0.3.1'), true)
  assert.equal(admission.admitsPeer('someone', '192.0.2.200', 'outbound'), false)
  assert.equal(admission.whyBanned('someone', '192.0.2.200'), 252)
  assert.equal(admission.refused.ip, 1)
})

test('an address of six banned peers is refused, one of five is not', () => {
  const { admission, scores } = scene()
  for (let id = 1; id <= 5; id++) disgrace(scores, `enemy-${id}`, '192.0.2.1')
  assert.equal(admission.admitsAddress('192.0.2.1'), true)
  disgrace(scores, 'enemy-6', '192.0.2.1')
  assert.equal(admission.admitsAddress('192.0.2.1'), false)
})

test('a banned agent is refused once it has said its name', () => {
  const { admission } = scene({ lists: { bannedAgents: ['crawler'] } })
  assert.equal(admission.admitsPeer('someone', '192.0.2.1', 'inbound'), true)
  assert.equal(admission.whyBanned('someone', '192.0.2.1', 'Nice Crawler/1.0'), 251)
  assert.equal(admission.whyBanned('someone', '192.0.2.1', 'Prysm/v6'), undefined)
})

test('trust is stronger than ranges and agents, and a ban of the peer is stronger than trust', () => {
  const lists = { bannedRanges: ['192.0.2.0/24'], bannedAgents: ['crawler'], trustedPeers: [trusted('friend')] }
  const { admission, access } = scene({ lists })
  assert.equal(admission.admitsAddress('192.0.2.7'), true, 'where the friend lives')
  assert.equal(admission.admitsAddress('192.0.2.8'), false)
  assert.equal(admission.admitsPeer('friend', '192.0.2.7', 'inbound'), true)
  assert.equal(admission.whyBanned('friend', '192.0.2.7', 'crawler'), undefined)
  assert.equal(admission.admitsPeer('neighbour', '192.0.2.7', 'inbound'), false)
  access.apply({ untrust: ['friend'], ban: ['friend'] })
  assert.equal(admission.whyBanned('friend', '192.0.2.7'), 251)
})

test('inbound peers are taken up to 110 % of the target; dials, second connections and kept peers do not count', () => {
  const lists = { trustedPeers: [trusted('friend')] }
  const { admission, connect } = scene({ targetPeers: 10, lists, explicit: ['explicit'] })
  connect('friend')
  connect('explicit')
  for (let id = 1; id <= 10; id++) connect(`peer-${id}`)
  assert.equal(admission.countedPeers(), 10)
  assert.equal(admission.admitsPeer('peer-11', '192.0.2.1', 'inbound'), true)
  connect('peer-11')
  assert.equal(admission.admitsPeer('peer-12', '192.0.2.1', 'inbound'), false)
  assert.equal(admission.admitsPeer('peer-12', '192.0.2.1', 'outbound'), true)
  assert.equal(admission.admitsPeer('peer-1', '192.0.2.1', 'inbound'), true)
  assert.equal(admission.admitsPeer('explicit', '192.0.2.1', 'inbound'), true)
  assert.equal(admission.admitsPeer('friend', '192.0.2.1', 'inbound'), true)
  assert.equal(admission.refused.full, 1)
})

test('one peer has four connections at most, whoever it is', () => {
  const { admission, connect } = scene({ lists: { trustedPeers: [trusted('friend')] } })
  for (const peerId of ['someone', 'friend']) {
    for (let count = 0; count < 4; count++) {
      assert.equal(admission.admitsPeer(peerId, '192.0.2.1', 'inbound'), true)
      connect(peerId)
    }
    assert.equal(admission.admitsPeer(peerId, '192.0.2.1', 'inbound'), false)
  }
})

test('an address of too many banned peers is refused after encryption too, where a trusted one let it through', () => {
  const { admission, scores } = scene({ lists: { trustedPeers: [trusted('friend')] } })
  for (let id = 1; id <= 6; id++) disgrace(scores, `enemy-${id}`, '192.0.2.7')
  assert.equal(admission.admitsAddress('192.0.2.7'), true)
  assert.equal(admission.admitsPeer('neighbour', '192.0.2.7', 'inbound'), false)
  assert.equal(admission.admitsPeer('friend', '192.0.2.7', 'inbound'), true)
})

test('a peer on its way out gets no further connection, or it would stay in none of the limits; once gone it may come', () => {
  const { admission, registry, connect } = scene()
  connect('leaver')
  const record = registry.get('leaver') ?? assert.fail('no record')
  record.state = 'disconnecting'
  assert.equal(admission.admitsPeer('leaver', '192.0.2.1', 'inbound'), false)
  registry.leave(record)
  assert.equal(admission.admitsPeer('leaver', '192.0.2.1', 'inbound'), true)
})
