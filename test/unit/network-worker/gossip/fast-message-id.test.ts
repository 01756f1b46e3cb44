import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createFastMessageId } from '../../../../src/network-worker/gossip/fast-message-id.ts'

const BYTES = Uint8Array.of(1, 2, 3, 4, 5)

test('equal bytes on one topic have one id', async () => {
  const fastMessageId = await createFastMessageId()
  assert.equal(fastMessageId('/a', BYTES), fastMessageId('/a', Uint8Array.from(BYTES)))
})

test('equal bytes on two topics are two messages', async () => {
  const fastMessageId = await createFastMessageId()
  assert.notEqual(fastMessageId('/a', BYTES), fastMessageId('/b', BYTES))
})

test('the salt is of the instance: nobody can prepare a collision beforehand', async () => {
  const [first, second] = [await createFastMessageId(), await createFastMessageId()]
  assert.notEqual(first('/a', BYTES), second('/a', BYTES))
})

test('more topics than seeds are kept for change no id', async () => {
  const fastMessageId = await createFastMessageId()
  const before = fastMessageId('/kept', BYTES)
  for (let topic = 0; topic < 3000; topic++) fastMessageId(`/${topic}`, BYTES)
  assert.equal(fastMessageId('/kept', BYTES), before)
})

test('different bytes have different ids over a sample, lengths and topics mixed', async () => {
  const fastMessageId = await createFastMessageId()
  const messages = fc.record({ topic: fc.constantFrom('/a', '/b', '/c'), data: fc.uint8Array({ maxLength: 64 }) })
  const sample = fc.sample(messages, 5000)
  const inputs = new Set(sample.map(({ topic, data }) => `${topic}:${Buffer.from(data).toString('hex')}`))
  const ids = new Set(sample.map(({ topic, data }) => fastMessageId(topic, data)))
  assert.equal(ids.size, inputs.size)
})
