import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  DialQueue,
  MAX_DIAL_CANDIDATES,
  MAX_FORCED_DIALS,
} from '../../../../../src/network-worker/peers/dialling/dial-queue.ts'
import type { ResolvedTarget } from '../../../../../src/network-worker/peers/dialling/dial-target.ts'
import {
  FAILED_DIAL_MS,
  OFFLINE_DIAL_MS,
  RedialBook,
} from '../../../../../src/network-worker/peers/dialling/redial-book.ts'
import { FakeClock } from '../../../../support/fake-clock.ts'

function targetOf(peerId: string): ResolvedTarget {
  return { peerId, addresses: [], enr: undefined }
}

/** A queue whose dials end when the test says, in a node with room for `places` peers. */
function scene(places = 100) {
  const clock = new FakeClock()
  const redial = new RedialBook(clock)
  const banned = new Set<string>()
  const connected = new Set<string>()
  const dials = new Map<string, PromiseWithResolvers<boolean>>()
  const started: string[] = []
  const failed: string[] = []
  const settings = { places, isOnline: true }
  const queue = new DialQueue({
    dialer: {
      dial: ({ peerId }) => {
        const end = Promise.withResolvers<boolean>()
        dials.set(peerId, end)
        started.push(peerId)
        return end.promise
      },
    },
    redial,
    room: () => settings.places - connected.size - dials.size,
    mayDial: (peerId) => !banned.has(peerId) && !connected.has(peerId) && !redial.isAvoided(peerId),
    isOnline: () => settings.isOnline,
    onFailed: (peerId) => void failed.push(peerId),
  })
  const end = async (peerId: string, isConnected: boolean): Promise<void> => {
    const dial = dials.get(peerId) ?? assert.fail(`${peerId} is not being dialled`)
    dials.delete(peerId)
    if (isConnected) connected.add(peerId)
    dial.resolve(isConnected)
    await new Promise((resolve) => setImmediate(resolve))
  }
  const offer = (peerId: string, expectedRttMs?: number): void =>
    queue.offer({ target: targetOf(peerId), expectedRttMs })
  return { clock, redial, banned, connected, started, failed, settings, queue, offer, end }
}

test('the nearest known go first, then the unknown in order of arrival', () => {
  const { queue, offer, started } = scene()
  offer('unknown 1')
  offer('far', 90)
  offer('unknown 2')
  offer('near', 5)
  offer('as near', 5)
  assert.deepEqual(started, [])
  queue.drain()
  assert.deepEqual(started, ['near', 'as near', 'far', 'unknown 1', 'unknown 2'])
})

test('one that could not be reached while nobody is connected is soon dialled again, else after two minutes', async () => {
  const { queue, offer, end, clock, settings, started, redial } = scene()
  for (const [peerId, isOnline, waitMs] of [
    ['offline', false, OFFLINE_DIAL_MS],
    ['online', true, FAILED_DIAL_MS],
  ] as const) {
    settings.isOnline = isOnline
    offer(peerId)
    queue.drain()
    await end(peerId, false)
    clock.advance(waitMs - 1)
    assert.ok(redial.isAvoided(peerId), peerId)
    clock.advance(1)
    offer(peerId)
    queue.drain()
    assert.deepEqual(started.splice(0), [peerId, peerId])
  }
})

test('no more dials than there is room for; one that fails makes room for the next', async () => {
  const { queue, offer, started, end } = scene(2)
  for (const peerId of ['a', 'b', 'c', 'd']) offer(peerId)
  queue.drain()
  queue.drain()
  assert.deepEqual([started, queue.running, queue.waiting], [['a', 'b'], 2, 2])
  await end('a', true)
  assert.deepEqual(started, ['a', 'b'])
  await end('b', false)
  assert.deepEqual([started, queue.running, queue.waiting], [['a', 'b', 'c'], 1, 1])
})

test('sixteen dials at once, and each that ends starts another', async () => {
  const { queue, offer, started, end } = scene()
  for (let peer = 0; peer < 20; peer++) offer(`peer ${peer}`)
  queue.drain()
  assert.deepEqual([started.length, queue.running], [16, 16])
  await end('peer 3', true)
  assert.deepEqual([started.at(-1), queue.running, queue.waiting], ['peer 16', 16, 3])
})

test('who may not be dialled is not taken, and passed over when that came later', () => {
  const { queue, offer, started, banned, connected, redial } = scene()
  banned.add('banned before')
  for (const peerId of ['banned before', 'banned', 'connected', 'avoided', 'welcome']) offer(peerId)
  assert.equal(queue.waiting, 4)
  banned.add('banned')
  connected.add('connected')
  redial.avoid('avoided', 1000)
  queue.drain()
  assert.deepEqual([started, queue.waiting], [['welcome'], 0])
})

test('a peer that could not be reached is not offered again for two minutes', async () => {
  const { queue, offer, started, end, clock } = scene()
  offer('away')
  queue.drain()
  await end('away', false)
  offer('away')
  assert.equal(queue.waiting, 0)
  clock.advance(FAILED_DIAL_MS)
  offer('away')
  queue.drain()
  assert.deepEqual([FAILED_DIAL_MS, started], [120_000, ['away', 'away']])
})

test('a peer waits once, with its newest address and what was known of it', () => {
  const { queue, offer, started } = scene()
  offer('unknown')
  offer('known', 40)
  offer('known')
  offer('better known', 90)
  offer('better known', 10)
  assert.equal(queue.waiting, 3)
  queue.drain()
  assert.deepEqual(started, ['better known', 'known', 'unknown'])
})

test('for lack of room the least promising is given up and counted', () => {
  const { queue, offer, settings } = scene(0)
  for (let peer = 0; peer < MAX_DIAL_CANDIDATES; peer++) offer(`peer ${peer}`)
  offer('late')
  assert.deepEqual([MAX_DIAL_CANDIDATES, queue.waiting, queue.dropped], [1024, 1024, 1])
  offer('near', 3)
  assert.deepEqual([queue.waiting, queue.dropped], [1024, 2])
  settings.places = 1
  queue.drain()
  assert.deepEqual([queue.running, queue.waiting], [1, 1023])
})

test('what the operator named is dialled first, whatever the room and the past', async () => {
  const { queue, offer, started, redial, end } = scene(0)
  offer('candidate', 1)
  redial.avoid('named', 1000)
  assert.equal(queue.force(targetOf('named')), true)
  assert.equal(queue.force(targetOf('named')), true)
  queue.drain()
  assert.deepEqual([started, queue.waiting], [['named'], 1])
  redial.clear('named')
  await end('named', false)
  assert.deepEqual([started, redial.isAvoided('named')], [['named'], false])
})

test('named peers, too, take turns at sixteen, and too many are refused', async () => {
  const { queue, started, end } = scene(0)
  for (let peer = 0; peer < MAX_FORCED_DIALS; peer++) assert.equal(queue.force(targetOf(`peer ${peer}`)), true)
  assert.equal(queue.force(targetOf('one more')), false)
  queue.drain()
  assert.deepEqual([started.length, queue.waiting], [16, MAX_FORCED_DIALS - 16])
  await end('peer 0', false)
  assert.equal(started.at(-1), 'peer 16')
})

test('once stopped nothing is dialled, and what was under way ends quietly', async () => {
  const { queue, offer, started, end } = scene(1)
  offer('a')
  offer('b')
  queue.drain()
  queue.stop()
  await end('a', false)
  offer('c')
  queue.drain()
  assert.deepEqual([started, queue.waiting, queue.running, queue.force(targetOf('d'))], [['a'], 0, 0, false])
})

test('who was not reached is told; not the operator’s, nor those that our own stop cut short', async () => {
  const { queue, offer, end, failed, redial } = scene()
  queue.force(targetOf('forced'))
  for (const peerId of ['reached', 'silent', 'cut short']) offer(peerId)
  queue.drain()
  await end('forced', false)
  await end('reached', true)
  await end('silent', false)
  queue.stop()
  await end('cut short', false)
  assert.deepEqual(failed, ['silent'])
  assert.deepEqual([redial.isAvoided('silent'), redial.isAvoided('cut short')], [true, false])
})
