import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MessageChannel } from 'node:worker_threads'
import { type ClientOptions, createClient } from '../../../src/rpc/client.ts'
import { serve } from '../../../src/rpc/server.ts'
import { FakeClock } from '../../support/fake-clock.ts'

interface Slow {
  never(): void
  gate(): void
  echo(text: string): string
}

function connect(t: { after(run: () => void): void }, options: Partial<ClientOptions> = {}) {
  const { port1, port2 } = new MessageChannel()
  const clock = new FakeClock()
  const gate = Promise.withResolvers<void>()
  serve<Slow>(port2, { never: () => new Promise<void>(() => {}), gate: () => gate.promise, echo: (text) => text })
  const connection = createClient<Slow>(port1, { timeoutMs: 5_000, clock, ...options })
  t.after(() => port1.close())
  return { connection, client: connection.client, clock, port1, port2, open: gate.resolve }
}

test('a call that gets no answer fails with RPC_TIMEOUT, exactly when its time is over', async (t) => {
  const { connection, client, clock } = connect(t)
  const call = client.never()
  clock.advance(4_999)
  assert.equal(connection.pending, 1)
  clock.advance(1)
  await assert.rejects(call, { code: 'RPC_TIMEOUT', details: { method: 'never' } })
  assert.equal(connection.pending, 0)
  assert.equal(clock.pending, 0)
})

test('an answer after the time-out is ignored and later calls work', async (t) => {
  const { client, clock, open } = connect(t)
  const late = client.gate()
  clock.advance(5_000)
  await assert.rejects(late, { code: 'RPC_TIMEOUT' })
  open()
  assert.equal(await client.echo('still here'), 'still here')
})

test('an answered call leaves no timer', async (t) => {
  const { client, clock } = connect(t)
  await client.echo('x')
  assert.equal(clock.pending, 0)
})

for (const side of ['port1', 'port2'] as const) {
  test(`closing ${side} ends pending and later calls with RPC_CLOSED`, async (t) => {
    const ends = connect(t)
    const pending = [ends.client.never(), ends.client.never()]
    ends[side].close()
    for (const result of await Promise.allSettled(pending)) {
      assert.equal(result.status === 'rejected' && result.reason.code, 'RPC_CLOSED')
    }
    await assert.rejects(ends.client.echo('x'), { code: 'RPC_CLOSED' })
    assert.equal(ends.clock.pending, 0)
  })
}

test('close(reason) is what callers are told, and the first reason stays', async (t) => {
  const { connection, client } = connect(t)
  const pending = client.never()
  connection.close('worker ended with code 1')
  connection.close('another reason')
  await assert.rejects(pending, { code: 'RPC_CLOSED', message: 'worker ended with code 1' })
  await assert.rejects(client.echo('x'), { code: 'RPC_CLOSED', message: 'worker ended with code 1' })
})

test('beyond the bound of pending calls a call is refused at once', async (t) => {
  const { connection, client, clock, open } = connect(t, { maxPending: 3 })
  const waiting = [client.gate(), client.gate(), client.gate()]
  await assert.rejects(client.echo('x'), { code: 'NOT_READY' })
  assert.equal(connection.pending, 3)
  open()
  await Promise.all(waiting)
  assert.equal(await client.echo('x'), 'x')
  assert.equal(clock.pending, 0)
})

test('with openLater calls are refused until open()', async (t) => {
  const { connection, client } = connect(t, { openLater: true })
  await assert.rejects(client.echo('x'), { code: 'NOT_READY' })
  connection.open()
  assert.equal(await client.echo('x'), 'x')
})
