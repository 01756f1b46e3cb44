import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MutationQueue } from '../../../../src/main/operator/mutation-queue.ts'
import { FakeClock } from '../../../support/fake-clock.ts'

test('changes run one at a time and in order, past one that fails', async () => {
  const queue = new MutationQueue()
  const log: string[] = []
  const change =
    (name: string, fails = false) =>
    async (): Promise<string> => {
      log.push(`${name} begins`)
      await new Promise((resolve) => setImmediate(resolve))
      log.push(`${name} ends`)
      if (fails) throw new Error(name)
      return name
    }
  const results = await Promise.allSettled([
    queue.run(change('a')),
    queue.run(change('b', true)),
    queue.run(change('c')),
  ])
  assert.deepEqual(log, ['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends'])
  assert.deepEqual(
    results.map((result) => (result.status === 'fulfilled' ? result.value : `${result.reason.message} failed`)),
    ['a', 'b failed', 'c'],
  )
})

test('256 may wait beside the one that runs; the next is refused, and there is room again later', async () => {
  const queue = new MutationQueue()
  const gate = Promise.withResolvers<void>()
  const running = queue.run(() => gate.promise)
  await new Promise((resolve) => setImmediate(resolve))
  const waiting = Array.from({ length: 256 }, () => queue.run(async () => undefined))
  await assert.rejects(
    queue.run(async () => assert.fail('ran')),
    { code: 'NOT_READY', message: '256 changes already wait for their turn' },
  )
  gate.resolve()
  await Promise.all([running, ...waiting])
  assert.equal(await queue.run(async () => 'room'), 'room')
})

test('a change that waited over 10 s is not begun', async () => {
  const clock = new FakeClock()
  const queue = new MutationQueue(clock)
  const gate = Promise.withResolvers<void>()
  const running = queue.run(() => gate.promise)
  await new Promise((resolve) => setImmediate(resolve))
  const early = queue.run(async () => assert.fail('ran'))
  clock.advance(1)
  const late = queue.run(async () => 'ran')
  clock.advance(10_000)
  gate.resolve()
  await running
  await assert.rejects(early, { code: 'RPC_TIMEOUT' })
  assert.equal(await late, 'ran')
})

test('close waits for the change that runs, and refuses what waits and what comes', async () => {
  const queue = new MutationQueue()
  const gate = Promise.withResolvers<void>()
  let ended = false
  const running = queue.run(async () => {
    await gate.promise
    ended = true
  })
  await new Promise((resolve) => setImmediate(resolve))
  const waiting = assert.rejects(
    queue.run(async () => assert.fail('ran')),
    { code: 'RPC_CLOSED' },
  )
  const closed = queue.close().then(() => assert.ok(ended))
  await assert.rejects(
    queue.run(async () => assert.fail('ran')),
    { code: 'RPC_CLOSED' },
  )
  gate.resolve()
  await Promise.all([running, waiting, closed])
})
