import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { MAX_UNSENT_BYTES } from '../../../src/api/event-stream.ts'
import { MAX_SUBSCRIBERS } from '../../../src/main/event-hub.ts'
import type { EventTopic, StreamBatch } from '../../../src/rpc/gossip-events.ts'
import { RelayError } from '../../../src/shared/errors.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { until } from '../../support/until.ts'
import { type HarnessOptions, startHarness } from './api-harness.ts'
import { type EventClient, eventsNamed, openEvents } from './event-client.ts'
import { RelayDouble } from './relay-double.ts'

/** The API with a worker that notes what it is asked to send. */
async function scene(t: TestContext, options: HarnessOptions = {}) {
  const asked: (readonly EventTopic[])[] = []
  const subscribeEvents = (topics: readonly EventTopic[]): void => void asked.push(topics)
  const harness = await startHarness(t, { ...new RelayDouble().handlers, subscribeEvents }, options)
  const open = (query: string, headers: Readonly<Record<string, string>> = {}): Promise<EventClient> =>
    openEvents(`${harness.api.url}/eth/v1/events?${query}`, headers)
  const wanted = (): readonly EventTopic[] => (asked.at(-1) ?? []).toSorted()
  return { ...harness, asked, open, wanted }
}

function batch(topic: EventTopic, ...values: readonly object[]): StreamBatch {
  return { events: values.map((value) => ({ topic, data: JSON.stringify(value) })), dropped: {} }
}

test('a subscriber gets the topics it asked for, however it wrote them, and no others', async (t) => {
  const { hub, open, wanted } = await scene(t)
  const both = await open('topics=block,peer&topics=voluntary_exit')
  const one = await open('topics=block')
  assert.equal(both.response.statusCode, 200)
  assert.equal(both.response.headers['content-type'], 'text/event-stream')
  assert.deepEqual(wanted(), ['block', 'peer', 'voluntary_exit'])
  hub.take(batch('block', { slot: '1' }, { slot: '2' }))
  hub.take(batch('peer', { action: 'connected' }))
  hub.take(batch('attestation', { slot: '3' }))
  assert.deepEqual(await eventsNamed(both, 'peer'), [{ action: 'connected' }])
  assert.deepEqual(await eventsNamed(one, 'block', 2), [{ slot: '1' }, { slot: '2' }])
  assert.deepEqual(
    both.events.map(({ event }) => event),
    ['block', 'block', 'peer'],
  )
  for (const client of [both, one]) client.close()
})

test('the worker is asked for what somebody wants, at once when that changes, and for nothing in the end', async (t) => {
  const { open, wanted, hub } = await scene(t)
  const first = await open('topics=block')
  const second = await open('topics=mesh,block')
  assert.deepEqual(wanted(), ['block', 'mesh'])
  second.close()
  await until('one topic', () => wanted().length === 1)
  first.close()
  await until('no topic', () => wanted().length === 0)
  assert.equal(hub.subscribers, 0)
})

test('the subscription is made again while the stream is open: it would end by itself', async (t) => {
  const clock = new FakeClock()
  const { open, asked } = await scene(t, { clock })
  const client = await open('topics=block')
  assert.equal(asked.length, 1)
  clock.advance(10_000)
  await until('renewals', () => asked.length >= 3)
  client.close()
})

test('changes of the mesh are events with the words of the log', async (t) => {
  const { hub, open } = await scene(t)
  const client = await open('topics=mesh')
  hub.takeMesh({ atMs: 5, action: 'graft_sent', peerId: '16Uiu', topic: '/eth2/00', reason: 'heartbeat' })
  hub.takeMesh({ atMs: 6, action: 'prune_received', peerId: '16Uiu', topic: '/eth2/00', backoffSecs: 60 })
  assert.deepEqual(await eventsNamed(client, 'mesh', 2), [
    { action: 'graft_sent', peer_id: '16Uiu', topic: '/eth2/00', reason: 'heartbeat', unix_ms: 5 },
    { action: 'prune_received', peer_id: '16Uiu', topic: '/eth2/00', backoff_secs: 60, unix_ms: 6 },
  ])
  client.close()
})

test('what was left out is told to those who wanted it', async (t) => {
  const { hub, open } = await scene(t)
  const votes = await open('topics=single_attestation')
  const blocks = await open('topics=block')
  hub.take({ events: [], dropped: { single_attestation: 12 } })
  hub.take(batch('block', {}))
  assert.deepEqual(await eventsNamed(votes, 'notice'), [
    { reason: 'left_out', topic: 'single_attestation', dropped: 12 },
  ])
  await eventsNamed(blocks, 'block')
  assert.equal(blocks.events.length, 1)
  for (const client of [votes, blocks]) client.close()
})

test('a topic that there is not is 400 with its name, those of a node with a state included', async (t) => {
  const { call, asked } = await scene(t)
  for (const [query, message] of [
    ['topics=weather_forecast', 'Invalid topic: weather_forecast'],
    ['topics=block,head', 'Invalid topic: head'],
    ['topics=', 'Invalid topic: '],
    ['', 'topics is required'],
  ]) {
    const reply = await call('GET', `/eth/v1/events?${query}`)
    assert.deepEqual([reply.status, reply.json()], [400, { code: 400, message }])
  }
  assert.equal(
    (await call('GET', '/eth/v1/events?topics=block', { headers: { accept: 'application/json' } })).status,
    406,
  )
  assert.equal((await call('POST', '/eth/v1/events?topics=block')).status, 405)
  const head = await call('HEAD', '/eth/v1/events?topics=block')
  assert.deepEqual([head.status, head.headers['content-type']], [200, 'text/event-stream'])
  assert.deepEqual(asked, [])
})

test('the stream asks for the token as other paths do, and a worker that refuses is told', async (t) => {
  const { call, open } = await scene(t, { token: 'secret' })
  assert.equal((await call('GET', '/eth/v1/events?topics=block')).status, 401)
  const client = await open('topics=block', { authorization: 'Bearer secret' })
  assert.equal(client.response.statusCode, 200)
  client.close()
  const refusing = (): never => {
    throw new RelayError('NOT_READY', 'not yet')
  }
  const other = await startHarness(t, { ...new RelayDouble().handlers, subscribeEvents: refusing })
  assert.equal((await other.call('GET', '/eth/v1/events?topics=block')).status, 503)
  assert.equal(other.hub.subscribers, 0)
})

test('a reader that does not read is left with a notice, and the others miss nothing', async (t) => {
  const { hub, open } = await scene(t)
  const slow = await open('topics=block')
  const sound = await open('topics=block')
  slow.response.pause()
  const pad = 'x'.repeat(100_000)
  let sent = 0
  await until('the slow reader is left', () => {
    hub.take(batch('block', { pad, sent: sent++ }))
    return hub.subscribers === 1
  })
  // What the sockets of both ends hold comes on top.
  assert.ok(sent * pad.length > MAX_UNSENT_BYTES)
  assert.ok(sent < 400, `${sent} events`)
  await eventsNamed(sound, 'block', sent)
  slow.response.resume()
  await until('the end', () => slow.isOver)
  assert.equal(slow.events.at(-1)?.event, 'notice')
  assert.deepEqual(JSON.parse(slow.events.at(-1)?.data ?? ''), {
    reason: 'slow_reader',
    max_unsent_bytes: MAX_UNSENT_BYTES,
  })
  sound.close()
})

test('a hundred subscribers each get every event; beyond the bound they are refused', {
  timeout: 60_000,
}, async (t) => {
  const { hub, open, call } = await scene(t)
  const clients: EventClient[] = []
  for (let i = 0; i < 100; i++) clients.push(await open('topics=block'))
  for (let slot = 0; slot < 200; slot++) hub.take(batch('block', { slot: String(slot) }))
  for (const client of clients) {
    const told = await eventsNamed(client, 'block', 200)
    assert.deepEqual(told.at(-1), { slot: '199' })
  }
  while (clients.length < MAX_SUBSCRIBERS) clients.push(await open('topics=peer'))
  const refused = await call('GET', '/eth/v1/events?topics=block')
  assert.equal(refused.status, 503)
  for (const client of clients) client.close()
  await until('all have left', () => hub.subscribers === 0)
})

test('a thousand who come at once: as many streams as there is room for, none for the rest, and nothing is left', {
  timeout: 60_000,
}, async (t) => {
  const { hub, open, call, wanted } = await scene(t)
  const coming = await Promise.allSettled(Array.from({ length: 1000 }, () => open('topics=block,peer')))
  // Beyond the connections that the API takes the rest are cut off before they have asked.
  const clients = coming.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  const streams = clients.filter(({ response }) => response.statusCode === 200)
  assert.equal(streams.length, MAX_SUBSCRIBERS)
  assert.deepEqual([...new Set(clients.map(({ response }) => response.statusCode))].toSorted(), [200, 503])
  hub.take(batch('block', { slot: '1' }))
  for (const client of streams) assert.deepEqual(await eventsNamed(client, 'block'), [{ slot: '1' }])
  assert.equal((await call('GET', '/eth/v1/node/version')).status, 200)
  for (const client of clients) client.close()
  await until('all have left', () => hub.subscribers === 0)
  await until('nothing is wanted', () => wanted().length === 0)
})

test('who comes while the relay stops gets an answer that is none of a stream', async (t) => {
  const asked = Promise.withResolvers<void>()
  const answer = Promise.withResolvers<void>()
  const subscribeEvents = async (): Promise<void> => {
    asked.resolve()
    await answer.promise
  }
  const clock = new FakeClock()
  const { hub, call } = await startHarness(t, { ...new RelayDouble().handlers, subscribeEvents }, { clock })
  const coming = call('GET', '/eth/v1/events?topics=block')
  await asked.promise
  hub.close()
  answer.resolve()
  const reply = await coming
  assert.equal(reply.status, 503)
  assert.deepEqual(reply.json(), { code: 503, message: 'the relay is stopping' })
  assert.equal(hub.subscribers, 0)
})

test('when the relay stops, streams end', async (t) => {
  const { hub, open, call } = await scene(t)
  const client = await open('topics=block')
  hub.close()
  await until('the end', () => client.isOver)
  assert.equal((await call('GET', '/eth/v1/events?topics=block')).status, 503)
})
