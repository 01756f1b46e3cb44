import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { MessageChannel } from 'node:worker_threads'
import { PUBKEY_BYTES, ValidatorKeys } from '../../../src/shared/validator-keys.ts'

const keysOf = (...bytes: readonly number[]): Uint8Array =>
  new Uint8Array(bytes.flatMap((byte) => Array<number>(PUBKEY_BYTES).fill(byte)))

test('keys are found by index, and nothing else is', () => {
  const keys = new ValidatorKeys()
  assert.equal(keys.at(0), undefined)
  assert.equal(keys.append(keysOf(1, 2)), 2)
  assert.equal(keys.count, 2)
  assert.deepEqual(keys.at(1), keysOf(2))
  for (const index of [-1, 2, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 40]) {
    assert.equal(keys.at(index), undefined, String(index))
  }
})

test('a reader on the other side of a port sees what is added after it got the memory', async (t) => {
  const keys = new ValidatorKeys()
  keys.append(keysOf(1))
  const { port1, port2 } = new MessageChannel()
  t.after(() => port1.close())
  port1.postMessage(keys.memory)
  const [memory] = await once(port2, 'message')
  const reader = new ValidatorKeys(memory)
  assert.deepEqual(reader.at(0), keysOf(1))
  const many = new Uint8Array(200_000 * PUBKEY_BYTES).fill(7)
  keys.append(many)
  assert.equal(reader.count, 200_001)
  assert.deepEqual(reader.at(200_000), keysOf(7))
})

test('half a key is refused, and changes nothing', () => {
  const keys = new ValidatorKeys()
  assert.throws(() => keys.append(new Uint8Array(50)), /not whole public keys/)
  assert.equal(keys.count, 0)
})

test('what was forgotten is unknown until it is given again', () => {
  const keys = new ValidatorKeys()
  keys.append(keysOf(1, 2))
  keys.clear()
  assert.equal(keys.at(0), undefined)
  keys.append(keysOf(3))
  assert.deepEqual(keys.at(0), keysOf(3))
  assert.equal(keys.at(1), undefined)
})

test('a key that was read stays as it was', () => {
  const keys = new ValidatorKeys()
  keys.append(keysOf(1))
  const key = keys.at(0)
  keys.clear()
  keys.append(keysOf(9))
  assert.deepEqual(key, keysOf(1))
})
