import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createPeerSources } from '../../../../../src/network-worker/validation/policy/peer-sources.ts'

test('trusted, explicit and configured peers are believed, nobody else', () => {
  const sources = createPeerSources({
    configured: new Set(['configured']),
    isTrusted: (peerId) => peerId === 'trusted',
    isExplicit: (peerId) => peerId === 'explicit',
    networkOf: (peerId) => `network of ${peerId}`,
    agentOf: (peerId) => `agent of ${peerId}`,
    ageMs: () => 1000,
  })
  const peers = ['configured', 'trusted', 'explicit', 'stranger']
  assert.deepEqual(peers.map(sources.bypasses), [true, true, true, false])
  assert.deepEqual(sources.sourceOf('stranger'), { network: 'network of stranger', agent: 'agent of stranger' })
})
