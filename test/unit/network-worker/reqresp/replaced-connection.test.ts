import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Connection } from '@libp2p/interface'
import { createRequester } from '../../../../src/network-worker/reqresp/asking/requester.ts'
import { NEGOTIATION_MS } from '../../../../src/network-worker/reqresp/limits.ts'
import { FakeClock } from '../../../support/fake-clock.ts'

/** Connections to one peer that say nothing, opened at these times, and those of them that were given up. */
function scene(...openedAtMs: readonly number[]) {
  const clock = new FakeClock()
  const givenUp: number[] = []
  const connections = openedAtMs.map((open) => ({
    status: 'open',
    remotePeer: { toString: () => 'peer' },
    timeline: { open },
    newStream: () => new Promise(() => undefined),
    abort: () => void givenUp.push(open),
  }))
  const node = { getConnections: () => connections as unknown as Connection[] }
  const { request } = createRequester({ node, clock, live: new Set() })
  return { clock, givenUp, ask: () => request('peer', 'ping', () => new Uint8Array(8)) }
}

test('a silent connection that the peer has replaced is given up, and nobody is blamed', async () => {
  const { clock, givenUp, ask } = scene(1000, 2000)
  const asked = assert.rejects(ask(), { kind: 'disconnected' })
  clock.advance(NEGOTIATION_MS)
  await asked
  assert.deepEqual(givenUp, [1000])
})

test('silence on the only connection, or on the newest, is the peer’s', async () => {
  for (const openedAtMs of [[1000], [2000, 1000]]) {
    const { clock, givenUp, ask } = scene(...openedAtMs)
    const asked = assert.rejects(ask(), { kind: 'negotiation_timeout' })
    clock.advance(NEGOTIATION_MS)
    await asked
    assert.deepEqual(givenUp, [])
  }
})
