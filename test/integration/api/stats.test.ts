import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startHarness } from './api-harness.ts'
import { RelayDouble } from './relay-double.ts'
import { ARRIVALS, FIRST_SENDERS } from './standard-double.ts'

test('GET /stats/first-block-sender is a bare array with the members of the document, in its order', async (t) => {
  const { call } = await startHarness(t, new RelayDouble().handlers)
  const reply = await call('GET', '/stats/first-block-sender')
  assert.equal(reply.status, 200)
  assert.equal(reply.text, JSON.stringify(FIRST_SENDERS))
})

test('GET /stats/arrivals is a bare array of blocks', async (t) => {
  const { call } = await startHarness(t, new RelayDouble().handlers)
  const reply = await call('GET', '/stats/arrivals')
  assert.equal(reply.status, 200)
  assert.equal(reply.text, JSON.stringify(ARRIVALS))
})

test('before the first block both are empty arrays', async (t) => {
  const { call } = await startHarness(t, {
    ...new RelayDouble().handlers,
    listFirstBlockSenders: () => [],
    listArrivals: () => [],
  })
  assert.equal((await call('GET', '/stats/first-block-sender')).text, '[]')
  assert.equal((await call('GET', '/stats/arrivals')).text, '[]')
})

test('other statistics are not there, in the error shape of the relay’s own paths', async (t) => {
  const { call } = await startHarness(t, new RelayDouble().handlers)
  const reply = await call('GET', '/stats')
  assert.deepEqual([reply.status, reply.text], [404, '{"error":"not found"}'])
})
