/** Peers that attack negotiation and muxers: they are cut off, nobody else waits for them, and nothing is kept of what they sent. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { multiaddr } from '@multiformats/multiaddr'
import { again, FloodingPeer, proposed, repeated } from '../../support/flooding-peer.ts'
import { LongestTurn } from '../../support/longest-turn.ts'
import { everything, startNode } from '../../support/stream-nodes.ts'
import { connectRelays, startRelay, stateOf } from '../../support/two-nodes.ts'
import { dataFrame, frame, RST, SYN } from '../../unit/network-worker/host/yamux/frames.ts'

const YAMUX = '/yamux/1.0.0'
const MPLEX = '/mplex/6.7.0'
const MULTISTREAM = '/multistream/1.0.0'
/** Without bounds none of them was cut off, and some went on for seconds after the peer had left. */
const CUT_OFF_MS = 10_000
/** Of CPU. With bounds the relay needs 3 to 50 ms beside the peer itself, in the same thread; without, 370 to 14,000. */
const LONGEST_TURN_MS = 200
/** What an honest peer waits for an answer in the middle of a flood, though the machine be busy. */
const HONEST_MS = 5_000

const LS = repeated(proposed('ls'), 20_000)
const NA = repeated(proposed('x'), 20_000)

function mplexFrame(streamId: number, flag: number, data: Uint8Array): Buffer {
  const varint = (value: number): number[] => (value < 128 ? [value] : [(value & 127) | 128, value >> 7])
  return Buffer.concat([Uint8Array.from([...varint(streamId * 8 + flag), ...varint(data.length)]), data])
}

/** Streams that are opened and reset, each once. */
function* rapidResets(): Generator<Buffer> {
  for (let first = 1; ; first += 4000) {
    const ids = Array.from({ length: 2000 }, (_, n) => first + 2 * n)
    yield Buffer.concat(ids.flatMap((id) => [frame(1, SYN, id, 0), frame(1, RST, id, 0)]))
  }
}

/** A peer that comes and asks as identify does is answered. */
async function isAnswered(address: string): Promise<boolean> {
  const signal = AbortSignal.timeout(HONEST_MS)
  const honest = await startNode('own both')
  try {
    const connection = await honest.dial(multiaddr(address), { signal })
    const stream = await connection.newStream('/ipfs/id/1.0.0', { signal })
    const answer = await everything(stream)
    return answer.length > 0
  } finally {
    await honest.stop()
  }
}

/** Runs an attack, during and after which honest peers are served and the thread has its turns. */
async function withstands(attack: (address: string) => Promise<void>): Promise<void> {
  await using relay = await startRelay()
  await using neighbour = await startRelay()
  await connectRelays(neighbour, relay)
  const address = relay.addresses[0] ?? ''
  assert.ok(await isAnswered(address))
  using turns = new LongestTurn()
  const [isAnsweredMeanwhile] = await Promise.all([isAnswered(address), attack(address)])
  assert.ok(isAnsweredMeanwhile)
  assert.ok(turns.ms < LONGEST_TURN_MS, `a turn of ${turns.ms} ms`)
  assert.ok(await isAnswered(address))
  assert.equal(await stateOf(relay, neighbour.peerId), 'connected')
}

for (const [what, flood] of [
  ['ls', LS],
  ['unknown protocols', NA],
  ["multistream's own name", repeated(proposed(MULTISTREAM), 3000)],
] as const) {
  test(`${what} before the encryption`, () =>
    withstands(async (address) => {
      using peer = await FloodingPeer.inClear(address)
      await peer.flood(again(flood), CUT_OFF_MS)
    }))

  test(`${what} in place of a muxer`, () =>
    withstands(async (address) => {
      using peer = await FloodingPeer.secured(address, [])
      await peer.flood(again(flood), CUT_OFF_MS)
    }))

  test(`${what} on two hundred streams of yamux: each is reset, and nothing is answered`, () =>
    withstands(async (address) => {
      using peer = await FloodingPeer.secured(address, [YAMUX])
      const bytes = flood.subarray(0, 60_000)
      for (let id = 1; id < 400; id += 2) await peer.send(dataFrame(id, bytes, SYN))
      assert.ok(peer.received < 100_000, `${peer.received} bytes came back`)
    }))

  test(`${what} on a stream of mplex: it is reset, and the connection ends with what comes for it still`, () =>
    withstands(async (address) => {
      using peer = await FloodingPeer.secured(address, [MPLEX])
      await peer.send(mplexFrame(1, 0, Buffer.from('1')))
      await peer.flood(again(repeated(mplexFrame(1, 2, flood.subarray(0, 400)), 100)), CUT_OFF_MS)
    }))
}

test('streams of yamux that are opened and reset', () =>
  withstands(async (address) => {
    using peer = await FloodingPeer.secured(address, [YAMUX])
    await peer.flood(rapidResets(), CUT_OFF_MS)
  }))

for (const flag of [2, 1, 4, 6]) {
  test(`frames of mplex, type ${flag}, for a stream that there is not`, () =>
    withstands(async (address) => {
      using peer = await FloodingPeer.secured(address, [MPLEX])
      await peer.flood(again(repeated(mplexFrame(77, flag, new Uint8Array()), 20_000)), CUT_OFF_MS)
    }))
}

test('streams of mplex that are opened', () =>
  withstands(async (address) => {
    using peer = await FloodingPeer.secured(address, [MPLEX])
    await peer.flood(again(repeated(mplexFrame(5, 0, new Uint8Array()), 20_000)), CUT_OFF_MS)
  }))

test('streams that propose without end and are sent data meanwhile: nothing of it is kept', () =>
  withstands(async (address) => {
    using peer = await FloodingPeer.secured(address, [YAMUX])
    const before = process.memoryUsage()
    const proposals = Buffer.concat([proposed(MULTISTREAM), repeated(proposed('ls'), 1200)])
    for (let id = 1; id < 400; id += 2) await peer.send(dataFrame(id, proposals, SYN))
    const bytes = Buffer.concat(
      Array.from({ length: 200 }, (_, n) => repeated(dataFrame(2 * n + 1, Uint8Array.of(0)), 300)),
    )
    for (let round = 0; round < 20; round++) await peer.send(bytes)
    const { heapUsed, arrayBuffers } = process.memoryUsage()
    const grownMiB = (heapUsed + arrayBuffers - before.heapUsed - before.arrayBuffers) / 2 ** 20
    assert.ok(grownMiB < 100, `${grownMiB} MiB more`)
  }))
