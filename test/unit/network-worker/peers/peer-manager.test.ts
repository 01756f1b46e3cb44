/** The manager's books over libp2p's events, on connections that are the test's. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Libp2p } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import pino from 'pino'
import { createChain } from '../../../../src/network-worker/chain/chain.ts'
import { RedialBook } from '../../../../src/network-worker/peers/dialling/redial-book.ts'
import { LastDisconnects } from '../../../../src/network-worker/peers/last-disconnect.ts'
import { PeerConduct } from '../../../../src/network-worker/peers/peer-conduct.ts'
import { PeerManager } from '../../../../src/network-worker/peers/peer-manager.ts'
import { PeerRegistry } from '../../../../src/network-worker/peers/peer-registry.ts'
import { ScoreBook } from '../../../../src/network-worker/peers/score/score-book.ts'
import { createReqResp } from '../../../../src/network-worker/reqresp/reqresp.ts'
import { FakeClock } from '../../../support/fake-clock.ts'
import { smallNetwork } from '../small-network.ts'

/** Libp2p as far as the manager sees it; nobody can be talked to. */
class FakeHost extends EventTarget {
  getConnections(): [] {
    return []
  }
  async hangUp(): Promise<void> {}
  async handle(): Promise<void> {}
  async unhandle(): Promise<void> {}
}

function scene() {
  const clock = new FakeClock()
  const log = pino({ level: 'silent' })
  const events = new FakeHost()
  const host = events as unknown as Libp2p
  const registry = new PeerRegistry()
  const chain = createChain(smallNetwork(), clock)
  const scores = new ScoreBook({
    clock,
    banFreezeMs: 1000,
    isTrusted: () => false,
    isExemptIp: () => false,
    gossipScore: () => 0,
    effects: { onForcedDisconnect: () => undefined, onBanned: () => undefined, onUnbanned: () => undefined },
  })
  const conduct = new PeerConduct({
    scores,
    disconnect: async () => undefined,
    hasCustody: () => false,
    isStalled: () => false,
    isSilenceShared: () => false,
    log,
  })
  const manager: PeerManager = new PeerManager({
    host,
    onForkSeen: () => undefined,
    lastDisconnects: new LastDisconnects(),
    reqResp: createReqResp({
      node: host,
      clock,
      log,
      local: {
        status: () => chain.truth.status(),
        metadata: () => ({
          seqNumber: 0n,
          attnets: new Uint8Array(8),
          syncnets: new Uint8Array(1),
          custodyGroupCount: 4,
        }),
      },
      hooks: {
        onStatus: () => undefined,
        onPing: () => undefined,
        onGoodbye: () => undefined,
        onViolation: () => undefined,
      },
    }),
    registry,
    scores,
    conduct,
    admission: { whyBanned: () => undefined },
    redial: new RedialBook(clock),
    truth: chain.truth,
    schedule: chain.schedule,
    slotClock: chain.slotClock,
    clockDoubt: chain.clockDoubt,
    clock,
    log,
    isLoopback: () => false,
  })
  manager.start()
  const tell = (event: string, peerId: string, ip: string): void => {
    const detail = {
      remotePeer: { toString: () => peerId },
      remoteAddr: multiaddr(`/ip4/${ip}/tcp/9000`),
      direction: 'inbound',
      timeline: { open: 0 },
    }
    events.dispatchEvent(new CustomEvent(event, { detail }))
  }
  return {
    scores,
    registry,
    open: (peerId: string, ip: string) => tell('connection:open', peerId, ip),
    close: (peerId: string, ip: string) => tell('connection:close', peerId, ip),
  }
}

test('banned peers count at the address of each of their connections, not only of the first', () => {
  const { scores, open } = scene()
  for (let id = 0; id < 6; id++) {
    open(`peer-${id}`, `192.0.2.${id + 1}`)
    open(`peer-${id}`, '198.51.100.7')
    scores.report(`peer-${id}`, 'fatal', 'gossip_bad_rpc')
  }
  assert.equal(scores.isBannedIp('198.51.100.7'), true)
  assert.equal(scores.isBannedIp('192.0.2.1'), false)
})

test('of two connections one closes: the peer stays connected, and its score with it', () => {
  const { scores, registry, open, close } = scene()
  open('peer', '192.0.2.1')
  open('peer', '192.0.2.1')
  close('peer', '192.0.2.1')
  assert.equal(registry.get('peer')?.state, 'connected')
  scores.report('peer', 'low', 'request_timeout')
  assert.equal(scores.peerScore('peer'), -10)
  close('peer', '192.0.2.1')
  assert.equal(registry.get('peer')?.state, 'disconnected')
  assert.equal(scores.peerScore('peer'), -10, 'remembered')
})
