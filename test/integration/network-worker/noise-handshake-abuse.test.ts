/** The responder's side of our handshake, with an initiator that is made by hand: what may come with the third message. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mock, test } from 'node:test'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { type MessageStream, type SecuredConnection, StreamMessageEvent } from '@libp2p/interface'
import type { CipherState } from '../../../src/network-worker/host/noise/cipher-state.ts'
import { encodePayload, signStaticKey } from '../../../src/network-worker/host/noise/handshake-payload.ts'
import { SecuredStream } from '../../../src/network-worker/host/noise/secured-stream.ts'
import { generateKeyPair as generateNoiseKeys } from '../../../src/network-worker/host/noise/x25519.ts'
import { type TransportCiphers, XxHandshake } from '../../../src/network-worker/host/noise/xx-handshake.ts'
import { type TcpPair, tcpPair } from '../../support/tcp-pair.ts'
import { until } from '../../support/until.ts'
import { collect, ENCRYPTERS } from './noise-scene.ts'

const [initiator, responder] = [await generateKeyPair('Ed25519'), await generateKeyPair('secp256k1')]
const NOTHING = new Uint8Array()

function framed(message: Uint8Array): Buffer {
  return Buffer.concat([Uint8Array.of(message.length >> 8, message.length & 0xff), message])
}

function sealed(cipher: CipherState, text: string): Buffer {
  return framed(cipher.encrypt(Buffer.from(text), NOTHING))
}

/** As the transport does it. */
function arrive(connection: MessageStream, bytes: Uint8Array): void {
  connection.dispatchEvent(new StreamMessageEvent(bytes))
}

interface LastStep {
  /** The third message, with its length; not sent yet. */
  readonly last: Buffer
  readonly ciphers: TransportCiphers
  readonly securing: Promise<SecuredConnection>
}

/** A handshake with ours up to the third message. */
async function untilLastStep(pair: TcpPair): Promise<LastStep> {
  const securing = ENCRYPTERS.own(responder).secureInbound(pair.accepted, { signal: AbortSignal.timeout(30_000) })
  securing.catch(() => undefined)
  const staticKeys = generateNoiseKeys()
  const handshake = new XxHandshake({ role: 'initiator', staticKeys })
  const second = once(pair.dialled, 'message')
  pair.dialled.send(framed(handshake.write(NOTHING)))
  const [{ data }] = (await second) as [StreamMessageEvent]
  handshake.read(data.subarray().subarray(2))
  const payload = encodePayload(initiator, await signStaticKey(initiator, staticKeys.publicKey), [])
  const last = framed(handshake.write(payload))
  return { last, ciphers: handshake.finish(), securing }
}

async function streamOf(securing: Promise<SecuredConnection>): Promise<SecuredStream> {
  const { connection } = await securing
  if (!(connection instanceof SecuredStream)) throw new Error('not a stream of ours')
  return connection
}

test('what comes in one segment with the last message is not lost, nor is a frame that was cut by it', async () => {
  await using pair = await tcpPair()
  const { last, ciphers, securing } = await untilLastStep(pair)
  const behind = Buffer.concat(['one ', 'two ', 'three'].map((text) => sealed(ciphers.sending, text)))
  pair.dialled.send(Buffer.concat([last, behind.subarray(0, -3)]))
  const received = collect(await streamOf(securing), true)
  pair.dialled.send(behind.subarray(-3))
  await until('all three', () => received.bytes().length === 13)
  assert.equal(received.bytes().toString(), 'one two three')
})

test('bytes of nobody in one segment with the last message end the handshake', async () => {
  await using pair = await tcpPair()
  const { last, securing } = await untilLastStep(pair)
  pair.dialled.send(Buffer.concat([last, framed(Buffer.alloc(40))]))
  await assert.rejects(securing, { name: 'InvalidCryptoExchangeError' })
})

test('a connection that ends while its last message is looked at is not a secured one', async () => {
  await using pair = await tcpPair()
  const { last, securing } = await untilLastStep(pair)
  pair.accepted.addEventListener('message', () => pair.accepted.abort(new Error('enough')))
  pair.dialled.send(last)
  await assert.rejects(securing, { name: 'InvalidCryptoExchangeError' })
})

test('more than is kept behind the last message is no gap in what follows', async () => {
  await using pair = await tcpPair()
  const { last, securing } = await untilLastStep(pair)
  const flood = (): void => arrive(pair.accepted, Buffer.alloc(2 * 1024 * 1024))
  pair.accepted.addEventListener('message', flood, { once: true })
  pair.dialled.send(last)
  await assert.rejects(securing, /too much/)
})

test('a message that comes byte by byte is not copied with each of them', async () => {
  await using pair = await tcpPair()
  const securing = ENCRYPTERS.own(responder).secureInbound(pair.accepted)
  securing.catch(() => undefined)
  await new Promise((resolve) => setImmediate(resolve)) // it listens
  let copied = 0
  const count = (bytes: Uint8Array): Uint8Array => {
    copied += bytes.length
    return bytes
  }
  const { concat, allocUnsafeSlow } = Buffer
  mock.method(Buffer, 'concat', (...args: Parameters<typeof concat>) => count(concat(...args)))
  mock.method(Buffer, 'allocUnsafeSlow', (bytes: number) => count(allocUnsafeSlow(bytes)))
  try {
    for (let at = 0; at < 20_000; at++) arrive(pair.accepted, Uint8Array.of(0xff))
  } finally {
    mock.restoreAll()
  }
  assert.ok(copied < 200_000, `${copied} bytes for 20,000`)
})
