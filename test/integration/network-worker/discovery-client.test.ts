import assert from 'node:assert/strict'
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import pino from 'pino'
import { DiscoveryClient } from '../../../src/network-worker/discovery/discovery-client.ts'
import { WorkerFigures } from '../../../src/network-worker/discovery/worker-figures.ts'
import type { DiscoverySettings } from '../../../src/rpc/discovery-contract.ts'
import type { NodeRecord } from '../../../src/shared/node-record.ts'
import { discoverySettings, randomTarget } from '../../support/discovery-node.ts'
import { startDiscv5Node } from '../../support/discv5-node.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { until } from '../../support/until.ts'

const WORKER = new URL('../../../src/discovery-worker/main.ts', import.meta.url)
const MORTAL_WORKER = new URL('./mortal-discovery-worker.ts', import.meta.url)

type Line = Readonly<Record<string, unknown>>

function clientOf(settings: DiscoverySettings, url = WORKER, onFound?: (record: NodeRecord) => void) {
  const clock = new FakeClock()
  const found: NodeRecord[] = []
  const lines: Line[] = []
  const state = { ready: 0, binds: settings.binds, url }
  const client = new DiscoveryClient({
    get url() {
      return state.url
    },
    clock,
    log: pino({ level: 'debug', base: null }, { write: (line: string) => void lines.push(JSON.parse(line)) }),
    settings: () => ({ ...settings, binds: state.binds }),
    listeners: {
      found: (record) => {
        found.push(record)
        onFound?.(record)
      },
      addressVoted: () => undefined,
    },
    onReady: () => void state.ready++,
  })
  return { client, clock, found, lines, state }
}

type Scene = ReturnType<typeof clientOf>

/** Binds a UDP port of our own; rejects while somebody else has it. */
async function occupy({ binds }: Pick<DiscoverySettings, 'binds'>): Promise<Socket> {
  const socket = createSocket('udp4')
  socket.bind(binds[0]?.port, binds[0]?.address)
  await once(socket, 'listening')
  return socket
}

async function isFree(settings: DiscoverySettings): Promise<boolean> {
  const socket = await occupy(settings).catch(() => undefined)
  if (socket !== undefined) await closeSocket(socket)
  return socket !== undefined
}

function closeSocket(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.close(() => resolve()))
}

/** Has the worker die and waits until the client has taken note. */
async function kill({ client }: Scene): Promise<void> {
  const orders = new BroadcastChannel('mortal-discovery-worker')
  orders.postMessage('die')
  await until('the thread is dead', () => client.control === undefined)
  orders.close()
}

/** Asserts that the next thread is started `delayMs` after the last one died, and not before. */
async function comesBackAfter({ client, clock, state }: Scene, delayMs: number): Promise<void> {
  const { restarts } = client
  const { ready } = state
  clock.advance(delayMs - 1)
  assert.equal(client.restarts, restarts, `before ${delayMs} ms`)
  clock.advance(1)
  assert.equal(client.restarts, restarts + 1, `after ${delayMs} ms`)
  await until('a new thread is ready', () => state.ready === ready + 1)
}

test('it starts, answers, tells what is found although a listener throws, and ends in order', async () => {
  await using node = await startDiscv5Node({ address: '127.1.20.1', tcp: 9000 })
  await using other = await startDiscv5Node({ address: '127.1.20.2', tcp: 9000, bootnodes: [node.enr] })
  await other.discv5.findRandomNode()
  const settings = await discoverySettings({ address: '127.1.20.3', bootnodes: [node.enr] })
  const { client, clock, found, lines, state } = clientOf(settings, WORKER, () => {
    throw new Error('a fault of the listener')
  })
  await client.start()
  assert.equal(state.ready, 1)
  assert.deepEqual(await client.control?.getBinds(), settings.binds)
  await until('both are found', async () => {
    await client.control?.lookup(randomTarget())
    return found.length === 2
  })
  assert.ok(lines.some(({ msg, event }) => msg === 'event listener failed' && event === 'found'))
  const pending = client.control?.lookup(randomTarget())
  await Promise.all([client.stop(), assert.rejects(pending ?? Promise.resolve(), { code: 'RPC_CLOSED' })])
  await client.stop()
  assert.deepEqual([client.control, client.restarts, clock.pending], [undefined, 0, 0])
  assert.equal(await isFree(settings), true)
  assert.ok(!lines.some(({ msg }) => msg === 'discovery did not stop in order'))
})

test('a port that is taken fails the start with the reason, and nothing goes on', async () => {
  const settings = await discoverySettings({ address: '127.1.20.4' })
  const socket = await occupy(settings)
  const { client, clock, state } = clientOf(settings)
  await assert.rejects(client.start(), {
    code: 'LISTEN_FAILED',
    message: /discovery cannot start: .*127\.1\.20\.4.*EADDRINUSE/,
  })
  assert.deepEqual([client.control, state.ready, clock.pending], [undefined, 0, 0])
  await client.stop()
  await closeSocket(socket)
  assert.equal(await isFree(settings), true)
})

test('a thread that dies is started anew, later each time; after a long life soon again', async () => {
  const settings = await discoverySettings({ address: '127.1.20.5' })
  const scene = clientOf(settings, MORTAL_WORKER)
  const { client, clock, lines } = scene
  await client.start()
  const { control } = client
  await kill(scene)
  await assert.rejects(control?.getBinds() ?? Promise.resolve(), { code: 'RPC_CLOSED' })
  const reasons = (): unknown[] => lines.filter(({ msg }) => msg === 'discovery failed').map(({ reason }) => reason)
  await until('what it died of', () => reasons().length > 0)
  assert.deepEqual(reasons(), ['told to die'])
  await comesBackAfter(scene, 1000)
  assert.deepEqual(await client.control?.getBinds(), settings.binds)
  await kill(scene)
  await comesBackAfter(scene, 2000)
  clock.advance(300_000)
  await kill(scene)
  await comesBackAfter(scene, 1000)
  const deaths = lines.filter(({ msg }) => msg === 'discovery ended and is started again')
  assert.deepEqual(
    deaths.map(({ again_in_ms }) => again_in_ms),
    [1000, 2000, 1000],
  )
  assert.equal(client.restarts, 3)
  await client.stop()
  assert.equal(clock.pending, 0)
})

test('a thread that hangs is ended and started anew', async () => {
  const settings = await discoverySettings({ address: '127.1.20.15' })
  const scene = clientOf(settings, MORTAL_WORKER)
  const { client, clock, lines } = scene
  await client.start()
  const figures = new WorkerFigures(
    () => client.control,
    clock,
    () => client.endHung(),
  )
  await figures.refresh()
  assert.ok(figures.latest !== undefined)
  const orders = new BroadcastChannel('mortal-discovery-worker')
  orders.postMessage('hang')
  await setTimeout(200)
  const asked = figures.refresh()
  clock.advance(30_000)
  await asked
  await until('the thread is dead', () => client.control === undefined)
  orders.close()
  await comesBackAfter(scene, 1000)
  assert.deepEqual(await client.control?.getBinds(), settings.binds)
  assert.equal(lines.filter(({ msg }) => String(msg).startsWith('discovery does not answer')).length, 1)
  await client.stop()
})

test('a thread that cannot be started again is tried until it can', async () => {
  const settings = await discoverySettings({ address: '127.1.20.6' })
  const scene = clientOf(settings, MORTAL_WORKER)
  const { client, clock, lines, state } = scene
  await client.start()
  const elsewhere = await discoverySettings({ address: '127.1.20.7' })
  const socket = await occupy(elsewhere)
  state.binds = elsewhere.binds
  await kill(scene)
  clock.advance(1000)
  const failures = () => lines.filter(({ msg }) => String(msg).startsWith('discovery cannot start'))
  await until('the first attempt failed', () => failures().length === 1)
  clock.advance(2000)
  await until('the second attempt failed', () => failures().length === 2)
  assert.deepEqual(
    failures().map(({ again_in_ms }) => again_in_ms),
    [2000, 4000],
  )
  await closeSocket(socket)
  await comesBackAfter(scene, 4000)
  await client.stop()
})

test('a thread that cannot be had at the start is no reason to stay down: the next ones come later each time', async () => {
  const settings = await discoverySettings({ address: '127.1.20.16' })
  const scene = clientOf(settings, new URL('./no-such-worker.ts', import.meta.url))
  const { client, clock, lines, state } = scene
  await client.start()
  const failures = () => lines.filter(({ msg }) => msg === 'discovery cannot start: the relay goes on without it')
  assert.deepEqual(
    failures().map(({ level, again_in_ms }) => [level, again_in_ms]),
    [[50, 1000]],
  )
  assert.equal(state.ready, 0)
  clock.advance(1000)
  await until('the second attempt failed', () => failures().length === 2)
  state.url = WORKER
  await comesBackAfter(scene, 2000)
  assert.deepEqual(await client.control?.getBinds(), settings.binds)
  await client.stop()
  assert.equal(clock.pending, 0)
})

test('a thread that ends while it starts is no refusal', async () => {
  const settings = await discoverySettings({ address: '127.1.20.17' })
  const scene = clientOf(settings, new URL('./short-lived-discovery-worker.ts', import.meta.url))
  await scene.client.start()
  assert.equal(scene.client.control, undefined)
  scene.state.url = WORKER
  await comesBackAfter(scene, 1000)
  await scene.client.stop()
})

test('stopped while it waits to start again, it does not', async () => {
  const settings = await discoverySettings({ address: '127.1.20.8' })
  const scene = clientOf(settings, MORTAL_WORKER)
  const { client, clock, state } = scene
  await client.start()
  await kill(scene)
  await client.stop()
  clock.advance(3_600_000)
  assert.deepEqual([client.restarts, state.ready, clock.pending], [0, 1, 0])
  assert.equal(await isFree(settings), true)
})

test('stopped while it is being started: nothing is left when the stop is over, and nobody is told it is ready', async () => {
  const settings = await discoverySettings({ address: '127.1.20.9' })
  const { client, clock, state } = clientOf(settings)
  const started = client.start()
  await client.stop()
  assert.equal(await isFree(settings), true)
  await started
  assert.deepEqual([client.control, state.ready, clock.pending], [undefined, 0, 0])
})

test('stopped while it is being started anew', async () => {
  const settings = await discoverySettings({ address: '127.1.20.10' })
  const scene = clientOf(settings, MORTAL_WORKER)
  const { client, clock, state } = scene
  await client.start()
  await kill(scene)
  clock.advance(1000)
  assert.equal(client.restarts, 1)
  await client.stop()
  assert.equal(await isFree(settings), true)
  assert.deepEqual([client.control, state.ready, clock.pending], [undefined, 1, 0])
})
