import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { excessPeers, type PeerStanding } from '../../../../src/network-worker/peers/excess.ts'
import { peerLimits } from '../../../../src/network-worker/peers/peer-limits.ts'

const MAX_LATENCY_MS = 150

const standings: fc.Arbitrary<readonly PeerStanding[]> = fc
  .array(
    fc.record({
      direction: fc.constantFrom('inbound' as const, 'outbound' as const),
      score: fc.oneof(fc.constant(0), fc.double({ min: -100, max: 1, noNaN: true })),
      rttMs: fc.double({ min: 0, max: 400, noNaN: true }),
      blockRttMs: fc.double({ min: 0, max: 600, noNaN: true }),
      rttVerified: fc.boolean(),
      value: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
    { maxLength: 60 },
  )
  .map((peers) => peers.map((peer, index) => ({ peerId: `peer ${index}`, ...peer })))

const target = fc.nat({ max: 60 })

/** The rule told again, one class a line: 0 goes first. */
function classOf({ score, rttVerified, rttMs }: PeerStanding): number {
  if (score < 0) return 0
  return rttVerified && rttMs > MAX_LATENCY_MS ? 1 : 2
}

/** True when `a` must not be dropped while `b` of the same class and direction stays. */
function isBetter(a: PeerStanding, b: PeerStanding): boolean {
  if (classOf(a) === 0) return a.score > b.score
  if (classOf(a) === 1) return a.rttMs < b.rttMs
  return a.blockRttMs / (1 + a.value) < b.blockRttMs / (1 + b.value)
}

interface Outcome {
  readonly dropped: readonly PeerStanding[]
  readonly kept: readonly PeerStanding[]
}

function prune(peers: readonly PeerStanding[], targetPeers: number): Outcome {
  const ids = excessPeers(peers, targetPeers, MAX_LATENCY_MS)
  const dropped = ids.map((id) => peers.find(({ peerId }) => peerId === id) ?? assert.fail(`${id} was never given`))
  return { dropped, kept: peers.filter(({ peerId }) => !ids.includes(peerId)) }
}

function outboundOf(peers: readonly PeerStanding[]): number {
  return peers.filter(({ direction }) => direction === 'outbound').length
}

test('exactly the excess goes, each peer once', () => {
  fc.assert(
    fc.property(standings, target, (peers, targetPeers) => {
      const { dropped } = prune(peers, targetPeers)
      assert.equal(dropped.length, Math.max(0, peers.length - targetPeers))
      assert.equal(new Set(dropped).size, dropped.length)
    }),
  )
})

test('nobody goes before, or instead of, a worse one of the same direction', () => {
  fc.assert(
    fc.property(standings, target, (peers, targetPeers) => {
      const { dropped, kept } = prune(peers, targetPeers)
      for (const [index, gone] of dropped.entries()) {
        for (const other of [...dropped.slice(index + 1), ...kept]) {
          if (other.direction !== gone.direction) continue
          assert.ok(classOf(gone) <= classOf(other))
          if (classOf(gone) === classOf(other)) assert.ok(!isBetter(gone, other))
        }
      }
    }),
  )
})

test('an inbound peer goes before a worse outbound one only when that one is protected', () => {
  fc.assert(
    fc.property(standings, target, (peers, targetPeers) => {
      const { dropped, kept } = prune(peers, targetPeers)
      const isFloorReached = outboundOf(kept) <= peerLimits(targetPeers).targetOutbound
      for (const gone of dropped.filter(({ direction }) => direction === 'inbound')) {
        for (const other of kept.filter(({ direction }) => direction === 'outbound')) {
          const isWorse = classOf(other) < classOf(gone) || (classOf(other) === classOf(gone) && isBetter(gone, other))
          if (isWorse) assert.ok(isFloorReached && classOf(other) !== 0)
        }
      }
    }),
  )
})

test('outbound peers of good standing are not dropped below their share', () => {
  fc.assert(
    fc.property(standings, target, (peers, targetPeers) => {
      const { dropped, kept } = prune(peers, targetPeers)
      const spared = dropped.filter((peer) => peer.direction === 'outbound' && classOf(peer) !== 0)
      if (spared.length > 0) assert.ok(outboundOf(kept) >= peerLimits(targetPeers).targetOutbound)
    }),
  )
})
