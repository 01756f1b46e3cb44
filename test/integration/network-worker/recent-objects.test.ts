import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ByteVectorType, ContainerType, ListBasicType, ListCompositeType, UintNumberType } from '@chainsafe/ssz'
import type { Connection } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { ssz } from '@lodestar/types'
import { compressSync } from 'snappy'
import { encodeFrames, FrameDecoder } from '../../../src/consensus/snappy/snappy-frames.ts'
import { formatTopic } from '../../../src/consensus/topic.ts'
import { encodeUvarint } from '../../../src/network-worker/reqresp/codec/framing.ts'
import { INBOUND_QUOTAS } from '../../../src/network-worker/reqresp/limits.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import type { GossipPeer } from '../../support/gossip-peer.ts'
import { until } from '../../support/until.ts'
import { currentSlot, type GossipScene, gossipScene } from './gossip-scene.ts'
import { readAll } from './reqresp/nodes.ts'

const ZERO = new Uint8Array(32)
const COLUMN = 5
const BIG_BYTES = 1_000_000

const BLOCKS_BY_RANGE = 'beacon_blocks_by_range/2'
const BLOCKS_BY_ROOT = 'beacon_blocks_by_root/2'
const COLUMNS_BY_RANGE = 'data_column_sidecars_by_range/1'
const COLUMNS_BY_ROOT = 'data_column_sidecars_by_root/1'

/** The request, which the library's types lack: a list of DataColumnsByRootIdentifier. */
const columnIdentifiers = new ListCompositeType(
  new ContainerType({ blockRoot: new ByteVectorType(32), columns: new ListBasicType(new UintNumberType(8), 128) }),
  128,
)

interface Made {
  readonly bytes: Uint8Array
  readonly root: Uint8Array
}

function blockOf(
  { network }: GossipScene,
  slot: number,
  parentRoot: Uint8Array,
  proposerIndex: number,
  fill: Uint8Array,
): Made {
  const block = ssz.fulu.SignedBeaconBlock.defaultValue()
  block.message.slot = slot
  block.message.proposerIndex = proposerIndex
  block.message.parentRoot = parentRoot
  block.message.body.executionPayload.timestamp = network.genesisTimeSeconds + (slot * network.slotDurationMs) / 1000
  block.message.body.executionPayload.transactions = [fill]
  return {
    bytes: ssz.fulu.SignedBeaconBlock.serialize(block),
    root: ssz.fulu.BeaconBlock.hashTreeRoot(block.message),
  }
}

function noise(bytes: number): Uint8Array {
  const made = new Uint8Array(bytes)
  for (let at = 0; at < bytes; at += 50_000) crypto.getRandomValues(made.subarray(at, at + 50_000))
  return made
}

/** A chunk of an answer: its code, context and SSZ. */
interface Chunk {
  readonly code: number
  readonly contextHex: string
  readonly ssz: Uint8Array
}

function chunksOf(answer: Uint8Array): readonly Chunk[] {
  const chunks: Chunk[] = []
  let rest: Uint8Array = answer
  while (rest.length > 0) {
    const code = rest[0] ?? -1
    const contextBytes = code === 0 ? 4 : 0
    const contextHex = Buffer.from(rest.subarray(1, 1 + contextBytes)).toString('hex')
    let at = 1 + contextBytes
    let length = 0
    for (let shift = 0; ; shift += 7) {
      const byte = rest[at++] ?? 0
      length += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) break
    }
    const decoded = new FrameDecoder(length).push(rest.subarray(at))
    assert.ok(decoded.status === 'done', `a chunk that does not decode: ${JSON.stringify(decoded)}`)
    chunks.push({ code, contextHex, ssz: decoded.bytes })
    rest = decoded.rest
  }
  return chunks
}

async function ask(
  peer: GossipPeer,
  { relay }: GossipScene,
  name: string,
  body: Uint8Array,
): Promise<readonly Chunk[]> {
  const [connection] = peer.node.getConnections(peerIdFromString(relay.peerId))
  const stream = await (connection as Connection).newStream(`/eth2/beacon_chain/req/${name}/ssz_snappy`)
  const answer = readAll(stream)
  stream.send(Buffer.concat([encodeUvarint(body.length), encodeFrames(body)]))
  await stream.close()
  return chunksOf(await answer)
}

function range(startSlot: number, count: number): Uint8Array {
  return ssz.phase0.BeaconBlocksByRangeRequest.serialize({ startSlot, count, step: 1 })
}

async function shown(scene: GossipScene, { root }: Made): Promise<void> {
  const text = `0x${Buffer.from(root).toString('hex')}`
  await until(`the block ${text}`, async () =>
    (await scene.relay.control.listArrivals()).some(({ block_root }) => block_root === text),
  )
}

async function publish(scene: GossipScene, block: Made, from = scene.peers[0]): Promise<void> {
  await from?.publish(scene.blockTopic, compressSync(Buffer.from(block.bytes)))
  await shown(scene, block)
}

test('a peer that missed blocks gets them from the relay: by root, by range, a megabyte too', async () => {
  await using scene = await gossipScene(2)
  const [, late] = scene.peers
  assert.ok(late !== undefined)
  const slot = currentSlot(scene.network)
  const first = blockOf(scene, slot - 2, ZERO, 1, noise(5_000))
  const second = blockOf(scene, slot - 1, first.root, 2, noise(BIG_BYTES))
  const twin = blockOf(scene, slot - 1, first.root, 2, noise(100))
  const third = blockOf(scene, slot, second.root, 3, noise(100))
  await publish(scene, first)
  await publish(scene, second)
  // Two blocks of a peer are hashed in a slot.
  const slotNow = currentSlot(scene.network)
  await until('the next slot', () => currentSlot(scene.network) > slotNow)
  await publish(scene, third)
  await publish(scene, twin, late)

  const { digestHex } = scene.schedule.at(0)
  let answer: readonly Chunk[] = []
  await until('all of them on disk', async () => {
    answer = await ask(late, scene, BLOCKS_BY_RANGE, range(slot - 10, 20))
    return answer.length === 3
  })
  const expected = [first, second, third].map(({ bytes }) => Buffer.from(bytes))
  assert.deepEqual(
    answer.map((chunk) => Buffer.from(chunk.ssz)),
    expected,
  )
  assert.ok(answer.every(({ code, contextHex }) => code === 0 && contextHex === digestHex))

  const roots = Buffer.concat([twin.root, new Uint8Array(32).fill(9), first.root])
  const byRoot = await ask(late, scene, BLOCKS_BY_ROOT, roots)
  assert.deepEqual(
    byRoot.map((chunk) => Buffer.from(chunk.ssz)),
    [twin, first].map(({ bytes }) => Buffer.from(bytes)),
  )
  assert.deepEqual(await ask(late, scene, BLOCKS_BY_ROOT, new Uint8Array(32)), [], 'unknown: an empty success')
  const status = await late.reqResp.status(scene.relay.peerId)
  assert.deepEqual([status.earliestAvailableSlot, status.headSlot], [slot - 2, slot])
  assert.equal(status.headRootHex, Buffer.from(third.root).toString('hex'))
})

test('a range of no slots is an invalid request', async () => {
  await using scene = await gossipScene(1)
  const [peer] = scene.peers
  assert.ok(peer !== undefined)
  const [refused] = await ask(peer, scene, BLOCKS_BY_RANGE, range(5, 0))
  assert.equal(refused?.code, 1)
})

test('columns are served with their block’s root, and in a range when their block is in the chain', async () => {
  await using scene = await gossipScene(1, undefined, {
    topics: ['beacon_block', 'data_column_sidecar'],
    custodyColumns: [COLUMN],
    validation: { default: 'blind', perTopic: { data_column_sidecar: 'none' } },
  })
  const [peer] = scene.peers
  assert.ok(peer !== undefined)
  const topic = formatTopic(scene.schedule.at(0).digestHex, `data_column_sidecar_${COLUMN}`)
  peer.subscribe(topic)
  await peer.meshedWith(scene.relay.peerId, topic)
  const slot = currentSlot(scene.network)
  const block = blockOf(scene, slot, ZERO, 1, noise(100))
  const { message } = ssz.fulu.SignedBeaconBlock.deserialize(block.bytes)
  const sidecar = ssz.fulu.DataColumnSidecar.defaultValue()
  sidecar.index = COLUMN
  sidecar.column = [noise(2048)]
  sidecar.signedBlockHeader.message = { ...message, bodyRoot: ssz.fulu.BeaconBlockBody.hashTreeRoot(message.body) }
  const bytes = Buffer.from(ssz.fulu.DataColumnSidecar.serialize(sidecar))
  await peer.publish(topic, compressSync(bytes))
  await publish(scene, block)

  const columns = [COLUMN, COLUMN + 1]
  const byRoot = columnIdentifiers.serialize([{ blockRoot: block.root, columns }])
  const byRange = ssz.fulu.DataColumnSidecarsByRangeRequest.serialize({ startSlot: slot - 1, count: 3, columns })
  await until('the column in the range', async () => (await ask(peer, scene, COLUMNS_BY_RANGE, byRange)).length > 0)
  const [inRange] = await ask(peer, scene, COLUMNS_BY_RANGE, byRange)
  assert.deepEqual(Buffer.from(inRange?.ssz ?? []), bytes)
  const served = await ask(peer, scene, COLUMNS_BY_ROOT, byRoot)
  assert.deepEqual(
    served.map((chunk) => Buffer.from(chunk.ssz)),
    [bytes],
  )
})

test('a peer that asks for more than its quota is told so, and others are served', async () => {
  // On a clock that stands still: a quota fills up again while a busy machine answers.
  await using scene = await gossipScene(2, undefined, {}, new FakeClock(Date.now()))
  const [greedy, other] = scene.peers
  assert.ok(greedy !== undefined && other !== undefined)
  // Blocks looked for are charged, held or not.
  const blocks = 128
  const widest = ssz.fulu.DataColumnSidecarsByRangeRequest.serialize({ startSlot: 5, count: blocks, columns: [COLUMN] })
  const { requests } = INBOUND_QUOTAS.data_column_sidecars_by_range
  const codes = new Set<number | undefined>()
  // A few that are refused cost a peer its score: no more than needed to see one.
  for (let i = 0; i < (2 * requests) / blocks && !codes.has(139); i++) {
    codes.add((await ask(greedy, scene, COLUMNS_BY_RANGE, widest))[0]?.code)
  }
  assert.deepEqual([...codes].toSorted(), [139, undefined])
  assert.deepEqual(await ask(other, scene, COLUMNS_BY_RANGE, widest), [])
})

test('switched off, the protocols are not there', async () => {
  await using scene = await gossipScene(1, undefined, { recentSlots: 0 })
  const [peer] = scene.peers
  assert.ok(peer !== undefined)
  await assert.rejects(ask(peer, scene, BLOCKS_BY_RANGE, range(5, 1)), { name: 'UnsupportedProtocolError' })
})

test('a relay that keeps all columns tells of all custody groups', async () => {
  await using scene = await gossipScene(1, undefined, { topics: 'all', custodyColumns: 'all' })
  const [peer] = scene.peers
  assert.ok(peer !== undefined)
  assert.equal((await peer.reqResp.metadata(scene.relay.peerId)).custodyGroupCount, 128)
})
