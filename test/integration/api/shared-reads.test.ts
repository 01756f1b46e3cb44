import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PeerView } from '../../../src/rpc/contract.ts'
import { startHarness } from './api-harness.ts'
import { CONFIG, PEER_A, PEER_B, peerView, RelayDouble } from './relay-double.ts'

test('forty reads that overlap cost the worker one call', async (t) => {
  const relay = new RelayDouble(PEER_A)
  const gate = Promise.withResolvers<void>()
  let calls = 0
  const { raw } = await startHarness(t, {
    ...relay.handlers,
    listPeers: async () => {
      calls++
      await gate.promise
      return [...relay.peers.values()]
    },
    // Asked for last on the same connection: by then all forty reads have reached the app.
    getConfig: () => {
      gate.resolve()
      return CONFIG
    },
  })
  const read = 'GET /peers HTTP/1.1\r\nHost: localhost\r\n\r\n'
  const last = 'GET /config HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'
  const replies = await raw(read.repeat(40) + last)
  assert.equal(replies.split(JSON.stringify([peerView(PEER_A)])).length - 1, 40)
  assert.equal(calls, 1)
})

test('a read after a DELETE was answered never shows the peer, though an older read still waits', async (t) => {
  const relay = new RelayDouble(PEER_A, PEER_B)
  const gate = Promise.withResolvers<void>()
  const started = Promise.withResolvers<void>()
  let isFirst = true
  const listPeers = async (): Promise<readonly PeerView[]> => {
    const seen = [...relay.peers.values()]
    if (!isFirst) return seen
    isFirst = false
    started.resolve()
    await gate.promise
    return seen
  }
  const { call } = await startHarness(t, { ...relay.handlers, listPeers })
  const old = call('GET', '/peers')
  await started.promise
  assert.equal((await call('DELETE', `/peers/${PEER_A}`)).status, 200)
  assert.deepEqual((await call('GET', '/peers')).json(), [peerView(PEER_B)])
  gate.resolve()
  assert.deepEqual((await old).json(), [peerView(PEER_A), peerView(PEER_B)])
})
