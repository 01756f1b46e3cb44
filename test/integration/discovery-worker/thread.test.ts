import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { test } from 'node:test'
import { MessageChannel } from 'node:worker_threads'
import pino from 'pino'
import { createClient } from '../../../src/rpc/client.ts'
import type {
  DiscoveryBoot,
  DiscoveryControl,
  DiscoveryEvents,
  DiscoverySettings,
} from '../../../src/rpc/discovery-contract.ts'
import { receiveEvents } from '../../../src/rpc/events.ts'
import { spawnThread } from '../../../src/rpc/spawn-thread.ts'
import { discoverySettings, randomTarget } from '../../support/discovery-node.ts'
import { startDiscv5Node } from '../../support/discv5-node.ts'
import { until } from '../../support/until.ts'

const ENTRY = new URL('../../../src/discovery-worker/main.ts', import.meta.url)
const FAULTY_ENTRY = new URL('./faulty-entry.ts', import.meta.url)
const SILENT = pino({ level: 'silent' })

async function startThread(settings: DiscoverySettings, url = ENTRY) {
  const thread = await spawnThread<DiscoveryBoot>({
    url,
    name: 'discovery',
    resourceLimits: { maxOldGenerationSizeMb: 256 },
    deadlineMs: 60_000,
  })
  const control = new MessageChannel()
  const events = new MessageChannel()
  const { client } = createClient<DiscoveryControl>(control.port1, { timeoutMs: 20_000 })
  const found: DiscoveryEvents['found'][] = []
  const fatal: DiscoveryEvents['fatal'][] = []
  receiveEvents<DiscoveryEvents>(
    events.port1,
    { found: (record) => found.push(record), addressVoted: () => undefined, fatal: (event) => fatal.push(event) },
    SILENT,
  )
  const release = () => {
    control.port1.close()
    events.port1.close()
  }
  try {
    await thread.start({ settings, control: control.port2, events: events.port2 })
  } catch (cause) {
    release()
    await thread.terminate()
    throw cause
  }
  return { thread, client, found, fatal, release }
}

test('as a thread: it starts, looks, tells what it finds, and stops', async () => {
  await using boot = await startDiscv5Node({ address: '127.1.2.1', tcp: 9000 })
  await using other = await startDiscv5Node({ address: '127.1.2.2', tcp: 9000, bootnodes: [boot.enr] })
  await other.discv5.findRandomNode()
  const settings = await discoverySettings({ address: '127.1.2.3', bootnodes: [boot.enr] })
  const { thread, client, found, fatal, release } = await startThread(settings)
  assert.deepEqual(await client.getBinds(), settings.binds)
  await until('both are found', async () => {
    await client.lookup(randomTarget())
    return found.length === 2
  })
  assert.deepEqual(new Set(found.map((record) => record.enr)), new Set([boot.enr, other.enr]))
  assert.equal((await client.getView()).routingTableSize, 2)
  await assert.rejects(client.lookup('abc'), { code: 'BAD_REQUEST' })
  await thread.stop()
  await thread.stop()
  release()
  await thread.terminate()
  assert.deepEqual(fatal, [])
})

test('as a thread: a port that is taken rejects the start and says so', async () => {
  const socket = createSocket('udp4')
  socket.bind(0, '127.1.2.4')
  await once(socket, 'listening')
  const settings = await discoverySettings({ address: '127.1.2.4' })
  const taken = { ...settings, binds: [{ address: '127.1.2.4', port: socket.address().port }] }
  await assert.rejects(startThread(taken), /cannot listen on UDP 127\.1\.2\.4 port \d+.*EADDRINUSE/)
  socket.close()
})

test('as a thread: an uncaught error becomes a fatal event and ends the thread', async () => {
  const settings = await discoverySettings({ address: '127.1.2.5' })
  const { thread, fatal, release } = await startThread(settings, FAULTY_ENTRY)
  assert.match((await thread.exited).message, /code 1/)
  await until('it said why', () => fatal.length > 0)
  assert.equal(fatal[0]?.message, 'a fault for the test')
  release()
})
