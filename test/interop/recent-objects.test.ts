import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ssz } from '@lodestar/types'
import { encodeFrames, FrameDecoder } from '../../src/consensus/snappy/snappy-frames.ts'
import { encodeUvarint } from '../../src/network-worker/reqresp/codec/framing.ts'
import type { GoStatus } from '../support/go-peer.ts'
import { StarlingProcess } from '../support/starling-process.ts'
import { serialized, slotNow, unsignedBlock } from '../support/unsigned-block.ts'
import { eventually, forkDigestOf, joinMesh, skip, startGoPeer, TRANSPORTS, topicOf } from './setup.ts'

const BLOCKS_BY_ROOT = '/eth2/beacon_chain/req/beacon_blocks_by_root/2/ssz_snappy'
const BLOCKS_BY_RANGE = '/eth2/beacon_chain/req/beacon_blocks_by_range/2/ssz_snappy'
/** Result, context, and a length of two bytes. */
const HEAD_BYTES = 7

function bodyOf(request: Uint8Array): Uint8Array {
  return Buffer.concat([encodeUvarint(request.length), encodeFrames(request)])
}

for (const transport of TRANSPORTS) {
  test(`a Go peer gets over ${transport} a block that another one published before it came`, { skip }, async () => {
    await using relay = await StarlingProcess.start({ flags: ['--topics', 'beacon_block'] })
    await using publisher = await startGoPeer(relay, { transports: [transport] })
    const topic = await topicOf(relay, 'beacon_block')
    await joinMesh(relay, transport, [topic], [publisher])
    const { genesisTimeSeconds, slotSeconds } = relay.network
    const times = { genesisTimeSeconds, slotDurationMs: slotSeconds * 1_000 }
    const slot = slotNow(times)
    const block = unsignedBlock(times, slot)
    const bytes = serialized(block)
    await publisher.publish(topic, { ssz: bytes })

    await using late = await startGoPeer(relay, { transports: [transport] })
    await late.dial(relay.address(transport))
    const root = ssz.fulu.BeaconBlock.hashTreeRoot(block.message)
    let reply = Buffer.alloc(0)
    await eventually('the block on disk', async () => {
      const answer = await late.rawRequest(relay.peerId, BLOCKS_BY_ROOT, bodyOf(root))
      assert.equal(answer.ended, 'eof')
      reply = Buffer.from(answer.reply, 'hex')
      return reply.length > 0
    })
    assert.equal(reply[0], 0)
    assert.equal(reply.toString('hex', 1, 5), await forkDigestOf(late, relay))
    const frames = new FrameDecoder(bytes.length).push(reply.subarray(HEAD_BYTES))
    assert.ok(frames.status === 'done')
    assert.deepEqual(Buffer.from(frames.bytes), Buffer.from(bytes))

    const range = ssz.phase0.BeaconBlocksByRangeRequest.serialize({ startSlot: slot, count: 1, step: 1 })
    const inRange = await late.rawRequest(relay.peerId, BLOCKS_BY_RANGE, bodyOf(range))
    assert.equal(inRange.reply, reply.toString('hex'))
    const unknown = await late.rawRequest(relay.peerId, BLOCKS_BY_ROOT, bodyOf(new Uint8Array(32).fill(7)))
    assert.deepEqual(unknown, { reply: '', ended: 'eof' })
    assert.equal((await late.request<GoStatus>(relay.peerId, 'status/2')).body?.earliestSlot, slot)
  })
}
