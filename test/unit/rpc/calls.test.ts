import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MessageChannel } from 'node:worker_threads'
import { createClient } from '../../../src/rpc/client.ts'
import { type Handlers, serve } from '../../../src/rpc/server.ts'
import { RelayError } from '../../../src/shared/errors.ts'

interface Sample {
  add(a: number, b: number): number
  later(text: string): Promise<string>
  missingPeer(peerId: string): void
  broken(): void
  odd(): unknown
  poisoned(): void
}

const handlers: Handlers<Sample> = {
  add: (a, b) => a + b,
  later: async (text) => text.toUpperCase(),
  missingPeer: (peerId) => {
    throw new RelayError('PEER_NOT_FOUND', 'no such peer', { peerId, tries: 2, known: false, hint: null })
  },
  broken: () => {
    throw new TypeError('a bug of ours')
  },
  odd: () => () => 'functions cannot be cloned',
  poisoned: () => {
    throw new RelayError('INTERNAL', 'odd details', { fine: 1, bad: (() => 1) as unknown as string })
  },
}

function connect(t: { after(run: () => void): void }) {
  const { port1, port2 } = new MessageChannel()
  const faults: string[] = []
  serve<Sample>(port2, handlers, (method) => faults.push(method))
  const connection = createClient<Sample>(port1, { timeoutMs: 5_000 })
  t.after(() => port1.close())
  return { ...connection, port1, faults }
}

test('answers synchronous and asynchronous handlers, calls side by side', async (t) => {
  const { client } = connect(t)
  assert.deepEqual(await Promise.all([client.add(2, 3), client.later('mesh'), client.add(-1, 1)]), [5, 'MESH', 0])
})

test('a RelayError keeps its class, code, message and details', async (t) => {
  const { client, faults } = connect(t)
  const error = await client.missingPeer('16Uiu2').catch((cause: unknown) => cause)
  assert.ok(error instanceof RelayError)
  assert.equal(error.code, 'PEER_NOT_FOUND')
  assert.equal(error.message, 'no such peer')
  assert.deepEqual(error.details, { peerId: '16Uiu2', tries: 2, known: false, hint: null })
  assert.deepEqual(faults, [], 'an expected error is no fault')
})

test('any other throw arrives as INTERNAL and is reported at the serving end', async (t) => {
  const { client, faults } = connect(t)
  await assert.rejects(client.broken(), { name: 'RelayError', code: 'INTERNAL', message: 'a bug of ours' })
  assert.deepEqual(faults, ['broken'])
})

test('an unknown method is an error, members of Object.prototype included', async (t) => {
  const { client } = connect(t)
  const loose = client as unknown as Record<string, () => Promise<unknown>>
  for (const name of ['noSuchMethod', 'constructor', 'toString', '__proto__', 'hasOwnProperty']) {
    await assert.rejects(loose[name]?.() ?? Promise.resolve(), { code: 'INTERNAL', details: { method: name } })
  }
})

test('a result or an error that cannot be cloned is an error of that call only', async (t) => {
  const { client, faults } = connect(t)
  await assert.rejects(client.odd(), { code: 'INTERNAL', details: { method: 'odd' } })
  assert.deepEqual(faults, ['odd'])
  await assert.rejects(client.poisoned(), { code: 'INTERNAL', details: { fine: 1 } })
  assert.equal(await client.add(1, 1), 2)
})

test('arguments that cannot be cloned fail that call and leave nothing pending', async (t) => {
  const connection = connect(t)
  await assert.rejects(connection.client.later((() => 1) as unknown as string), { code: 'INTERNAL' })
  assert.equal(connection.pending, 0)
})

test('awaiting the client itself is no call', async (t) => {
  const { client } = connect(t)
  assert.equal(await client, client)
  assert.equal(Reflect.get(client, 'then'), undefined)
  assert.equal(Reflect.get(client, Symbol.iterator), undefined)
})

test('frames that are no requests are left alone', async (t) => {
  const { client, port1 } = connect(t)
  for (const frame of [null, 7, 'text', {}, { kind: 'other' }, { kind: 'ok', id: 1 }]) port1.postMessage(frame)
  assert.equal(await client.add(20, 22), 42)
})
