import assert from 'node:assert/strict'
import { createPrivateKey } from 'node:crypto'
import { test } from 'node:test'
import { InvalidCryptoExchangeError } from '@libp2p/interface'
import fc from 'fast-check'
import { generateKeyPair, type KeyPair, keyPairOf } from '../../../../../src/network-worker/host/noise/x25519.ts'
import { XxHandshake } from '../../../../../src/network-worker/host/noise/xx-handshake.ts'
import { VECTORS } from './vectors.ts'

/** DER around the 32 bytes of a private X25519 key (RFC 8410, section 7). */
const DER_HEADER = Buffer.from('302e020100300506032b656e04220420', 'hex')
const NOTHING = new Uint8Array()

const bytes = (hex: string): Buffer => Buffer.from(hex, 'hex')
const hex = (data: Uint8Array): string => Buffer.from(data).toString('hex')

function pairOf(privateKeyHex: string): KeyPair {
  const key = Buffer.concat([DER_HEADER, bytes(privateKeyHex)])
  return keyPairOf(createPrivateKey({ key, type: 'pkcs8', format: 'der' }))
}

function side(role: 'initiator' | 'responder'): XxHandshake {
  return new XxHandshake({ role, staticKeys: generateKeyPair() })
}

for (const vector of VECTORS) {
  test(`vectors of ${vector.source}: each byte, from both sides`, () => {
    const [initiator, responder] = (['initiator', 'responder'] as const).map((role) => {
      const { static: staticKey, ephemeral } = vector[role]
      const staticKeys = pairOf(staticKey)
      return new XxHandshake({ role, staticKeys, ephemeralKeys: pairOf(ephemeral), prologue: bytes(vector.prologue) })
    })
    assert.ok(initiator !== undefined && responder !== undefined)
    for (const [at, [payload, ciphertext]] of vector.messages.slice(0, 3).entries()) {
      const from: XxHandshake = at === 1 ? responder : initiator
      const to: XxHandshake = at === 1 ? initiator : responder
      assert.equal(hex(from.write(bytes(payload))), ciphertext)
      assert.equal(hex(to.read(bytes(ciphertext))), payload)
    }
    assert.deepEqual(initiator.handshakeHash, responder.handshakeHash)
    if (vector.handshakeHash !== undefined) assert.equal(hex(initiator.handshakeHash), vector.handshakeHash)
    assert.deepEqual(initiator.remoteStaticKey, pairOf(vector.responder.static).publicKey)
    const ends = { initiator: initiator.finish(), responder: responder.finish() }
    for (const [at, [payload, ciphertext]] of vector.messages.slice(3).entries()) {
      const isInitiators = (at % 2 === 0) === (vector.next === 'initiator')
      const [sender, receiver] = isInitiators ? [ends.initiator, ends.responder] : [ends.responder, ends.initiator]
      assert.equal(hex(sender.sending.encrypt(bytes(payload), NOTHING)), ciphertext)
      assert.equal(hex(receiver.receiving.decrypt(bytes(ciphertext), NOTHING)), payload)
    }
  })
}

test('a byte that was changed in the second or third message ends the handshake', () => {
  fc.assert(
    fc.property(fc.constantFrom(2, 3), fc.nat(), (number, place) => {
      const [initiator, responder] = [side('initiator'), side('responder')]
      responder.read(initiator.write(NOTHING))
      let [message, reader] = [responder.write(Buffer.from('who I am')), initiator]
      if (number === 3) {
        initiator.read(message)
        message = initiator.write(Buffer.from('and I'))
        reader = responder
      }
      const at = place % message.length
      message[at] = (message[at] ?? 0) ^ 1
      // The highest bit of a key means nothing (RFC 7748, section 5), but it is hashed as it came.
      assert.throws(() => reader.read(message), InvalidCryptoExchangeError)
    }),
    { numRuns: 40 },
  )
})

test('any bytes in place of a message are read or refused, in their place', () => {
  fc.assert(
    fc.property(fc.boolean(), fc.uint8Array({ maxLength: 200 }), (isInitiator, garbage) => {
      const reader = side(isInitiator ? 'initiator' : 'responder')
      if (isInitiator) reader.write(NOTHING)
      const canBeRead = !isInitiator && garbage.length >= 32
      if (canBeRead) assert.deepEqual(reader.read(garbage), garbage.subarray(32))
      else assert.throws(() => reader.read(garbage), InvalidCryptoExchangeError)
    }),
  )
})

/** All points of small order, and 0 and 1 once more with the field's prime added (RFC 7748, sections 5 and 7). */
const USELESS_KEYS = [
  '00'.repeat(32),
  `01${'00'.repeat(31)}`,
  'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
  '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
  `ec${'ff'.repeat(30)}7f`,
  `ed${'ff'.repeat(30)}7f`,
  `ee${'ff'.repeat(30)}7f`,
]

test('a key for which everybody knows the secret is refused, with its highest bit as well', () => {
  for (const hex of USELESS_KEYS) {
    for (const highBit of [0, 0x80]) {
      const key = Buffer.from(hex, 'hex')
      key[31] = (key[31] ?? 0) | highBit
      const responder = side('responder')
      responder.read(key)
      assert.throws(() => responder.write(NOTHING), InvalidCryptoExchangeError, key.toString('hex'))
    }
  }
})

test('there is no cipher before the end, no key before it was told, and no fourth message', () => {
  const [initiator, responder] = [side('initiator'), side('responder')]
  assert.throws(() => initiator.finish(), /not done/)
  assert.throws(() => initiator.remoteStaticKey, InvalidCryptoExchangeError)
  responder.read(initiator.write(NOTHING))
  initiator.read(responder.write(NOTHING))
  responder.read(initiator.write(NOTHING))
  assert.throws(() => initiator.write(NOTHING), /no further message/)
})
