import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import pino from 'pino'
import { createEmitter, type EmitterOptions, MAX_UNACKED_BATCHES, receiveEvents } from '../../../src/rpc/events.ts'
import type { EventBatch } from '../../../src/rpc/wire.ts'
import { FakeClock } from '../../support/fake-clock.ts'

interface Sample {
  tick: number
  note: string
  fatal: { readonly message: string }
}

const OPTIONS: EmitterOptions<Sample> = { flushPeriodMs: 100, maxBatch: 4, maxBuffered: 6, urgent: ['fatal'] }

/** An emitter whose receiving end is read by hand: nothing is acknowledged unless the test does. */
function emitter(t: { after(run: () => void): void }) {
  const { port1, port2 } = new MessageChannel()
  const clock = new FakeClock()
  const batches: EventBatch<Sample>[] = []
  port2.on('message', (batch: EventBatch<Sample>) => batches.push(batch))
  t.after(() => port1.close())
  return { out: createEmitter<Sample>(port1, { ...OPTIONS, clock }), clock, batches, port1, port2 }
}

/** Waits until `port` delivered what was posted before the call; a bounded number of turns of a real port. */
async function until(done: () => boolean): Promise<void> {
  for (let turn = 0; turn < 1_000 && !done(); turn++) await new Promise((resolve) => setImmediate(resolve))
  assert.ok(done(), 'the port did not deliver')
}

function names(batch: EventBatch<Sample> | undefined): unknown[] {
  return (batch?.records ?? []).map(({ data }) => data)
}

test('records wait for the flush period and leave as one batch, in order', async (t) => {
  const { out, clock, batches } = emitter(t)
  out.emit('tick', 1)
  out.emit('note', 'two')
  clock.advance(99)
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(batches.length, 0)
  clock.advance(1)
  await until(() => batches.length === 1)
  assert.deepEqual(batches[0], {
    kind: 'events',
    dropped: 0,
    records: [
      { name: 'tick', data: 1 },
      { name: 'note', data: 'two' },
    ],
  })
})

test('nothing to say, nothing posted', async (t) => {
  const { out, clock, batches } = emitter(t)
  clock.advance(1_000)
  out.emit('tick', 1)
  out.flush()
  await until(() => batches.length > 0)
  assert.equal(batches.length, 1)
})

test('a full batch leaves before the period', async (t) => {
  const { out, batches } = emitter(t)
  for (let tick = 0; tick < 5; tick++) out.emit('tick', tick)
  await until(() => batches.length === 1)
  assert.deepEqual(names(batches[0]), [0, 1, 2, 3])
})

test('an urgent record leaves at once and takes those before it along', async (t) => {
  const { out, batches } = emitter(t)
  out.emit('tick', 1)
  out.emit('fatal', { message: 'out of memory' })
  await until(() => batches.length === 1)
  assert.deepEqual(names(batches[0]), [1, { message: 'out of memory' }])
})

test('a receiver that does not acknowledge costs a bounded buffer; what is dropped is counted once', async (t) => {
  const { out, clock, batches, port1, port2 } = emitter(t)
  for (let batch = 0; batch < MAX_UNACKED_BATCHES; batch++) {
    out.emit('tick', batch)
    clock.advance(100)
  }
  for (let tick = 0; tick < 9; tick++) out.emit('tick', 100 + tick)
  clock.advance(1_000)
  await until(() => batches.length === MAX_UNACKED_BATCHES)
  port2.postMessage({ kind: 'ack' })
  await once(port1, 'message')
  clock.advance(100)
  await until(() => batches.length === MAX_UNACKED_BATCHES + 1)
  assert.deepEqual(names(batches.at(-1)), [100, 101, 102, 103, 104, 105])
  assert.equal(batches.at(-1)?.dropped, 3)
  out.emit('fatal', { message: 'urgent passes a stalled receiver' })
  await until(() => batches.length === MAX_UNACKED_BATCHES + 2)
  assert.equal(batches.at(-1)?.dropped, 0)
})

test('what is kept on disk has as much room again, where the rest has none', async (t) => {
  const { port1, port2 } = new MessageChannel()
  t.after(() => port1.close())
  const clock = new FakeClock()
  const batches: EventBatch<Sample>[] = []
  port2.on('message', (batch: EventBatch<Sample>) => batches.push(batch))
  const out = createEmitter<Sample>(port1, { ...OPTIONS, kept: ['note'], clock })
  for (let batch = 0; batch < MAX_UNACKED_BATCHES; batch++) {
    out.emit('tick', batch)
    clock.advance(100)
  }
  for (let tick = 0; tick < 9; tick++) out.emit('tick', tick)
  for (let note = 0; note < 9; note++) out.emit('note', `note ${note}`)
  await until(() => batches.length === MAX_UNACKED_BATCHES)
  port2.postMessage({ kind: 'ack' })
  await once(port1, 'message')
  clock.advance(100)
  await until(() => batches.length === MAX_UNACKED_BATCHES + 1)
  const notes = [0, 1, 2, 3, 4, 5].map((note) => `note ${note}`)
  assert.deepEqual(names(batches.at(-1)), [0, 1, 2, 3, 4, 5, ...notes])
  assert.equal(batches.at(-1)?.dropped, 6)
})

test('data that cannot be cloned is dropped and counted, its neighbours are not', async (t) => {
  const { out, batches } = emitter(t)
  out.emit('tick', 1)
  out.emit('note', (() => 1) as unknown as string)
  out.emit('tick', 3)
  out.flush()
  await until(() => batches.length === 2)
  assert.deepEqual(batches.flatMap(names), [1, 3])
  assert.equal(batches[1]?.dropped, 1)
})

test('no timer runs while nothing waits, and one does as long as the receiver has no room', async (t) => {
  const { out, clock, batches } = emitter(t)
  assert.equal(clock.pending, 0)
  out.emit('tick', 1)
  assert.equal(clock.pending, 1)
  clock.advance(100)
  await until(() => batches.length === 1)
  assert.equal(clock.pending, 0)
  for (let i = 2; i <= MAX_UNACKED_BATCHES; i++) {
    out.emit('tick', i)
    out.flush()
  }
  out.emit('tick', 99)
  clock.advance(1000)
  assert.equal(clock.pending, 1)
})

test('records that were dropped are told of though nothing comes behind them', async (t) => {
  const { out, clock, batches } = emitter(t)
  out.emit('note', (() => 1) as unknown as string)
  clock.advance(100)
  assert.equal(batches.length, 0)
  clock.advance(100)
  await until(() => batches.length === 1)
  assert.equal(batches[0]?.dropped, 1)
  assert.equal(clock.pending, 0)
})

test('close posts the rest, stops the timer and drops what comes later', async (t) => {
  const { out, clock, batches } = emitter(t)
  out.emit('tick', 1)
  out.close()
  out.close()
  out.emit('tick', 2)
  assert.equal(clock.pending, 0)
  await until(() => batches.length === 1)
  assert.deepEqual(names(batches[0]), [1])
})

function receiver(t: { after(run: () => void): void }) {
  const { port1, port2 } = new MessageChannel()
  const lines: Record<string, unknown>[] = []
  const log = pino({}, { write: (line: string) => void lines.push(JSON.parse(line)) })
  const heard: unknown[] = []
  receiveEvents<Sample>(
    port2,
    {
      tick: (data) => {
        if (data < 0) throw new Error('listener bug')
        heard.push(data)
      },
      note: (data) => heard.push(data),
      fatal: (data) => heard.push(data),
    },
    log,
  )
  t.after(() => port1.close())
  return { port: port1, heard, lines }
}

async function send(port: MessagePort, records: readonly unknown[], dropped = 0): Promise<void> {
  const answered = once(port, 'message')
  port.postMessage({ kind: 'events', dropped, records })
  assert.deepEqual(await answered, [{ kind: 'ack' }])
}

test('a batch reaches its listeners in order and is acknowledged', async (t) => {
  const { port, heard } = receiver(t)
  await send(port, [
    { name: 'tick', data: 1 },
    { name: 'note', data: 'a' },
    { name: 'tick', data: 2 },
  ])
  assert.deepEqual(heard, [1, 'a', 2])
})

test('a listener that throws is logged and the rest of the batch goes on', async (t) => {
  const { port, heard, lines } = receiver(t)
  await send(port, [
    { name: 'tick', data: -1 },
    { name: 'tick', data: 2 },
  ])
  assert.deepEqual(heard, [2])
  assert.deepEqual(
    lines.map(({ msg, event }) => [msg, event]),
    [['event listener failed', 'tick']],
  )
})

test('unknown events and foreign frames are ignored; drops are logged with their count', async (t) => {
  const { port, heard, lines } = receiver(t)
  port.postMessage('noise')
  await send(
    port,
    [
      { name: 'toString', data: 1 },
      { name: 'other', data: 2 },
      { name: 'tick', data: 3 },
    ],
    17,
  )
  assert.deepEqual(heard, [3])
  assert.deepEqual(
    lines.map(({ dropped }) => dropped),
    [17],
  )
})
