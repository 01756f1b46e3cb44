import assert from 'node:assert/strict'
import { test } from 'node:test'
import { blockRttMs, measuredBlockRttMs } from '../../../../src/network-worker/peers/block-way.ts'
import { newPeerRecord, recordRtt } from '../../../../src/network-worker/peers/peer-record.ts'

const TCP = '/ip4/10.0.0.1/tcp/9000'
const QUIC = '/ip4/10.0.0.1/udp/9001/quic-v1'

test('a block takes a peer on TCP its round trip, and one on QUIC half as much again', () => {
  assert.equal(blockRttMs(40, TCP), 40)
  assert.equal(blockRttMs(40, QUIC), 60)
})

test('the best round trip counts, once a ping has measured one', () => {
  const peer = newPeerRecord('peer', QUIC, 'inbound')
  assert.equal(measuredBlockRttMs(undefined), undefined)
  assert.equal(measuredBlockRttMs(peer), undefined)
  for (const ms of [30, 20, 50]) recordRtt(peer, ms)
  assert.equal(measuredBlockRttMs(peer), 30)
})
