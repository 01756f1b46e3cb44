import assert from 'node:assert/strict'
import { test } from 'node:test'
import pino from 'pino'
import { type ParsedTopic, parseTopic } from '../../../../src/consensus/topic.ts'
import { DialFeed } from '../../../../src/network-worker/discovery/dial-feed.ts'
import { Discovery } from '../../../../src/network-worker/discovery/discovery.ts'
import { LookupDriver } from '../../../../src/network-worker/discovery/lookup-driver.ts'
import { LookupTargets } from '../../../../src/network-worker/discovery/lookup-targets.ts'
import { NearNetworks } from '../../../../src/network-worker/discovery/near-networks.ts'
import { RecordBook } from '../../../../src/network-worker/discovery/record-book.ts'
import { servedTopics } from '../../../../src/network-worker/discovery/topic-service.ts'
import { DialQueue } from '../../../../src/network-worker/peers/dialling/dial-queue.ts'
import { RedialBook } from '../../../../src/network-worker/peers/dialling/redial-book.ts'
import { recordRtt } from '../../../../src/network-worker/peers/peer-record.ts'
import { PeerRegistry } from '../../../../src/network-worker/peers/peer-registry.ts'
import type { RuntimeSettings } from '../../../../src/rpc/settings-views.ts'
import { FakeClock } from '../../../support/fake-clock.ts'
import { ipOf, peerOf, recordOf } from './record-of.ts'

const SETTINGS: RuntimeSettings = {
  target_peers: 50,
  max_latency_ms: 1000,
  network_load: 5,
  heartbeat_interval_ms: null,
  discovery_interval_ms: 2000,
  active_validators: null,
}

/** Everything of discovery but the worker; dials succeed at once, and peers enter the registry as the dialer has it. */
function scene(records = 0) {
  const clock = new FakeClock(1_800_000_000_000)
  const state = { settings: SETTINGS, topics: [] as ParsedTopic[], kept: new Set<string>() }
  const registry = new PeerRegistry()
  const near = new NearNetworks()
  const ignore = () => undefined
  const book = new RecordBook({ clock, restored: [], onKept: ignore, onForgotten: ignore })
  for (let i = 0; i < records; i++) book.take(recordOf(i, { addresses: [`/ip4/${ipOf(i)}/tcp/9000`] }))
  const connect = (peerId: string, direction: 'inbound' | 'outbound' = 'outbound', ip?: string) => {
    const record = registry.enter(peerId, '', direction)
    record.direction = direction
    record.state = 'connected'
    record.ip = ip
    return record
  }
  const mayDial = (peerId: string): boolean => registry.get(peerId)?.state !== 'connected'
  const dialled: { peerId: string; atMs: number }[] = []
  const queue = new DialQueue({
    dialer: {
      dial: ({ peerId }) => {
        dialled.push({ peerId, atMs: clock.monotonicMs() })
        connect(peerId)
        return Promise.resolve(true)
      },
    },
    redial: new RedialBook(clock),
    room: () =>
      Math.ceil(state.settings.target_peers * 1.1) -
      registry.connected().filter(({ peerId }) => !state.kept.has(peerId)).length,
    mayDial,
  })
  const looks: number[] = []
  const ticks: number[] = []
  const lookups = new LookupDriver({
    control: () => ({
      lookup: () => {
        looks.push(clock.monotonicMs())
        return Promise.resolve({ tookMs: 1, closest: 0, records: 0 })
      },
    }),
    targets: new LookupTargets((bytes) => new Uint8Array(bytes)),
    clock,
    log: pino({ level: 'silent' }),
    preset: 'mainnet',
    currentEpoch: () => 420_000,
  })
  const discovery = new Discovery({
    book,
    near,
    lookups,
    feed: new DialFeed({ book, near, queue, mayDial, serves: servedTopics, clock }),
    registry,
    queue,
    pendingDials: () => 0,
    isKept: (peerId) => state.kept.has(peerId),
    shortTopics: () => {
      ticks.push(clock.monotonicMs())
      return state.topics
    },
    settings: () => state.settings,
    clock,
  })
  /** Time passes in steps, so that what the ticks begin can end. */
  const pass = async (ms: number): Promise<void> => {
    for (let left = ms; left > 0; left -= 500) {
      clock.advance(Math.min(500, left))
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  return { clock, state, registry, near, book, connect, dialled, looks, ticks, discovery, pass }
}

test('a changed period takes effect at the next tick', async () => {
  const { clock, state, ticks, discovery, pass } = scene()
  discovery.start()
  await pass(3000)
  state.settings = { ...SETTINGS, discovery_interval_ms: 10_000 }
  await pass(20_000)
  state.settings = { ...SETTINGS, discovery_interval_ms: 500 }
  await pass(2000)
  discovery.stop()
  // 4,000 was set before the first change, 24,000 before the second.
  assert.deepEqual(ticks, [0, 2000, 4000, 14_000, 24_000, 24_500, 25_000])
  assert.equal(clock.pending, 0)
})

test('fresh records have a tick of their own, one for all that come within a moment', async () => {
  const { ticks, discovery, pass } = scene()
  discovery.foundFresh() // before the start it is nobody's business
  discovery.start()
  for (let i = 0; i < 100; i++) discovery.foundFresh()
  await pass(1000)
  discovery.foundFresh()
  await pass(500)
  discovery.stop()
  assert.deepEqual(ticks, [0, 200, 1200])
})

test('after a stop nothing is looked for, nobody dialled, no timer left', async () => {
  const { clock, ticks, discovery, pass } = scene(10)
  discovery.start()
  discovery.foundFresh()
  discovery.stop()
  discovery.foundFresh()
  await pass(60_000)
  assert.deepEqual([clock.pending, ticks], [0, [0]])
})

test('it fills up to the target, then tries a fiftieth of it each 30 s and looks as often', async () => {
  const { registry, dialled, looks, discovery, pass } = scene(400)
  discovery.start()
  await pass(10_000)
  const fillers = dialled.filter(({ atMs }) => atMs < 4000).length
  assert.equal(fillers, 50)
  const looksBefore = looks.length
  await pass(120_000)
  discovery.stop()
  assert.ok(registry.connectedCount >= 52 && registry.connectedCount <= 55, `${registry.connectedCount}`)
  const trials = dialled.slice(50).map(({ atMs }) => atMs)
  for (const [i, atMs] of trials.entries()) assert.ok(i === 0 || atMs - (trials[i - 1] ?? 0) >= 30_000, `${trials}`)
  assert.ok(looks.length - looksBefore <= 5, `${looks.length - looksBefore} looks in two minutes`)
})

test('on a small network with a target beyond it, looks come every 30 s in the end', async () => {
  const { registry, looks, discovery, pass } = scene(5)
  discovery.start()
  await pass(300_000)
  discovery.stop()
  assert.equal(registry.connectedCount, 5)
  const times = [...new Set(looks)]
  const pauses = times.slice(1).map((atMs, i) => atMs - (times[i] ?? 0))
  assert.deepEqual(pauses.slice(0, 4), [2000, 4000, 8000, 16_000])
  assert.ok(pauses.slice(4).length >= 7 && pauses.slice(4).every((pause) => pause === 30_000), `${pauses}`)
})

test('kept peers do not count', () => {
  const { state, connect, dialled, discovery } = scene(100)
  state.settings = { ...SETTINGS, target_peers: 10 }
  for (let i = 0; i < 10; i++) {
    connect(`trusted${i}`)
    state.kept.add(`trusted${i}`)
  }
  discovery.tick()
  assert.equal(dialled.length, 10)
})

test('a target of none: nobody is dialled, whatever we are short of', () => {
  const { state, dialled, discovery } = scene(10)
  state.settings = { ...SETTINGS, target_peers: 0 }
  state.topics = [parseTopic('/eth2/8c9f62fe/data_column_sidecar_9/ssz_snappy') ?? assert.fail()]
  discovery.tick()
  assert.deepEqual(dialled, [])
})

test('what connected peers teach: round trips once verified, their networks, and records of those who dialled us', () => {
  const { book, near, connect, discovery } = scene(3)
  const measured = connect(peerOf(0), 'inbound', '203.0.113.1')
  recordRtt(measured, 12)
  const guessed = connect(peerOf(1), 'inbound', '198.51.100.1')
  guessed.bestRttMs = 3
  discovery.tick()
  assert.deepEqual([book.bestRttMs(peerOf(0)), book.bestRttMs(peerOf(1))], [12, undefined])
  assert.deepEqual([near.expectedRttMs('203.0.9.9'), near.expectedRttMs('198.51.9.9')], [12, undefined])
  assert.deepEqual([measured.enr, guessed.enr], [recordOf(0).enr, recordOf(1).enr])
  assert.ok(book.known(peerOf(1))?.lastConnectedMs)
})
