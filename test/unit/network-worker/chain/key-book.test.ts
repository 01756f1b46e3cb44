import assert from 'node:assert/strict'
import { test } from 'node:test'
import { KeyBook } from '../../../../src/network-worker/chain/key-book.ts'
import { MAX_DUTIES } from '../../../../src/rpc/chain-facts.ts'
import { PUBKEY_BYTES, ValidatorKeys } from '../../../../src/shared/validator-keys.ts'

const key = (byte: number): Uint8Array => new Uint8Array(PUBKEY_BYTES).fill(byte)
const duty = (slot: number, validatorIndex: number, byte: number) => {
  return { slot, validatorIndex, pubkeyHex: Buffer.from(key(byte)).toString('hex') }
}

test('nothing is known at first', () => {
  const book = new KeyBook()
  assert.equal(book.pubkeyOf(0), undefined)
  assert.equal(book.proposerOf(0), undefined)
  assert.equal(book.validatorCount, undefined)
})

test('the registry grows under the book', () => {
  const book = new KeyBook()
  const registry = new ValidatorKeys()
  book.useRegistry(registry.memory)
  assert.equal(book.validatorCount, undefined)
  registry.append(key(1))
  assert.equal(book.validatorCount, 1)
  assert.deepEqual(book.pubkeyOf(0), key(1))
})

test('duties tell proposers and their keys, beyond the registry too', () => {
  const book = new KeyBook()
  book.useDuties([duty(64, 900, 5)])
  assert.deepEqual(book.proposerOf(64), { validatorIndex: 900, pubkey: key(5) })
  assert.deepEqual(book.pubkeyOf(900), key(5))
  assert.equal(book.validatorCount, undefined)
})

test('new duties replace old ones, and are bounded', () => {
  const book = new KeyBook()
  book.useDuties([duty(1, 1, 1)])
  book.useDuties(Array.from({ length: MAX_DUTIES + 1 }, (_, index) => duty(100 + index, index, 2)))
  assert.equal(book.proposerOf(1), undefined)
  assert.notEqual(book.proposerOf(100 + MAX_DUTIES - 1), undefined)
  assert.equal(book.proposerOf(100 + MAX_DUTIES), undefined)
})

test('a duty without a key is an error, and changes nothing', () => {
  const book = new KeyBook()
  book.useDuties([duty(1, 1, 1)])
  assert.throws(() => book.useDuties([duty(2, 2, 2), { slot: 3, validatorIndex: 3, pubkeyHex: 'zz' }]))
  assert.notEqual(book.proposerOf(1), undefined)
  assert.equal(book.proposerOf(2), undefined)
})
