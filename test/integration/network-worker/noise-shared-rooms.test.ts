/** Connections that share the rooms in which frames are sealed, some of which the system cannot take at once. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { SecuredStream } from '../../../src/network-worker/host/noise/secured-stream.ts'
import { tcpPair } from '../../support/tcp-pair.ts'
import { until } from '../../support/until.ts'
import { collect, ENCRYPTERS, socketOf } from './noise-scene.ts'

const CONNECTIONS = 6
const ROUNDS = 400
/** Rounds in which half of them do not read: 20 MB to each, more than the system holds for a connection. */
const HELD_UP_ROUNDS = 250
/** Of short and long messages, so that both rooms are used, and some go in neither. */
const LENGTHS = [20, 240, 1500, 9000, 16_000, 66_000, 200_000, 300_000]
const MAX_WAITING_BYTES = 8_000_000

type End = Awaited<ReturnType<typeof connections>>[number]

async function connections(scene: AsyncDisposableStack) {
  const sender = ENCRYPTERS.own(await generateKeyPair('secp256k1'))
  const receiver = ENCRYPTERS.own(await generateKeyPair('secp256k1'))
  const connect = async () => {
    const raw = scene.use(await tcpPair())
    const [near, far] = await Promise.all([sender.secureOutbound(raw.dialled), receiver.secureInbound(raw.accepted)])
    const { connection } = far
    assert.ok(near.connection instanceof SecuredStream && connection instanceof SecuredStream)
    const sent: Uint8Array[] = []
    const received = collect(connection, true)
    return { near: near.connection, out: socketOf(raw.dialled), in: socketOf(raw.accepted), sent, received }
  }
  return await Promise.all(Array.from({ length: CONNECTIONS }, connect))
}

/** One message to each that has not too much to send yet. @returns how many had to wait for the system to take theirs */
function sendToEach(ends: readonly End[], round: number): number {
  let hadToWait = 0
  for (const [at, { near, out, sent }] of ends.entries()) {
    if (near.writeBufferLength > MAX_WAITING_BYTES) continue
    const message = Buffer.alloc(LENGTHS[(round * 7 + at * 3) % LENGTHS.length] ?? 0, round * CONNECTIONS + at)
    sent.push(message)
    near.send(message)
    if (out.writableLength > 0) hadToWait++
  }
  return hadToWait
}

test('what one connection could not send yet is not overwritten by what others send', { timeout: 60_000 }, async () => {
  await using scene = new AsyncDisposableStack()
  const ends = await connections(scene)
  const heldUp = ends.filter((_, at) => at % 2 === 0)
  for (const end of heldUp) end.in.pause()
  let hadToWait = 0
  for (let round = 0; round < ROUNDS; round++) {
    if (round === HELD_UP_ROUNDS) for (const end of heldUp) end.in.resume()
    hadToWait += sendToEach(ends, round)
    if (round % 5 === 0) await nextTurn()
  }
  assert.ok(hadToWait > heldUp.length, `${hadToWait} writes were not taken at once`)
  for (const { sent, received } of ends) {
    const all = Buffer.concat(sent)
    await until('all of it', () => received.bytes().length === all.length, 30_000)
    // Compared at the end, so that what was opened where it lay is what it was when it came.
    assert.ok(received.bytes().equals(all))
  }
})
