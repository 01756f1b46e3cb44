/** Another congestion control than the host's: sockets that dial and such that are accepted have it, by the system's own word. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { test } from 'node:test'
import pino from 'pino'
import { CongestionChoice } from '../../../src/network-worker/host/congestion/congestion-choice.ts'
import { findSocketControl } from '../../../src/network-worker/host/congestion/socket-control.ts'

const SYSCTLS = '/proc/sys/net/ipv4'
const words = (sysctl: string): readonly string[] => readFileSync(`${SYSCTLS}/${sysctl}`, 'utf8').trim().split(/\s+/)
const control = findSocketControl()
const [hosts = ''] = control === undefined ? [] : words('tcp_congestion_control')
const other = control === undefined ? undefined : words('tcp_allowed_congestion_control').find((name) => name !== hosts)
const skip = other === undefined && 'the system has one congestion control, or does not let us ask'

const fdOf = (owner: Socket | Server): number => Reflect.get(Reflect.get(owner, '_handle') as object, 'fd') as number

/** What both ends of a new connection have. */
async function bothEnds() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const accepting = once(server, 'connection') as Promise<[Socket]>
  const dialled = connect((server.address() as AddressInfo).port, '127.0.0.1')
  await once(dialled, 'connect')
  const [accepted] = await accepting
  const names = [dialled, accepted].map((socket) => control?.get(fdOf(socket)))
  dialled.destroy()
  accepted.destroy()
  server.close()
  return names
}

async function chosen(algorithms: readonly string[]) {
  const levels: string[] = []
  const log = pino({}, { write: (line) => void levels.push(pino.levels.labels[JSON.parse(line).level] ?? '') })
  const choice = new CongestionChoice(algorithms, log)
  choice.start()
  try {
    return { first: await bothEnds(), second: await bothEnds(), said: levels }
  } finally {
    choice.stop()
  }
}

test('connections have the first algorithm that the system lets us have, at either end', { skip }, async () => {
  const both = [other, other]
  assert.deepEqual(await chosen([other ?? '']), { first: both, second: both, said: ['info'] })
  assert.deepEqual(await chosen(['no_such', other ?? '']), { first: both, second: both, said: ['info'] })
})

test('they keep the host’s when none can be had, and that is said once', { skip }, async () => {
  const both = [hosts, hosts]
  assert.deepEqual(await chosen(['no_such']), { first: both, second: both, said: ['warn'] })
})

test('they keep the host’s when none is wanted, and when it is over', { skip }, async () => {
  const both = [hosts, hosts]
  assert.deepEqual(await chosen([]), { first: both, second: both, said: [] })
  await chosen([other ?? ''])
  assert.deepEqual(await bothEnds(), both)
})

test('of what is no TCP socket nothing is known, and nothing is set', { skip }, () => {
  assert.equal(control?.get(0x7fff), undefined)
  assert.equal(control?.set(0x7fff, hosts), false)
})
