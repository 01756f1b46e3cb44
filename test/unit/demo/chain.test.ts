import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Signature, verify } from '@chainsafe/blst'
import { ssz } from '@lodestar/types'
import { TOPIC_TABLE } from '../../../src/consensus/topic-table.ts'
import { proposerOf } from '../../../src/demo/duties.ts'
import { signingRoot } from '../../../src/demo/signing.ts'
import { createDemoParts } from './demo-parts.ts'

const NO_BLOBS = { blobCommitments: [], attestations: [] }

test("a block survives its type's serialisation and fits its topic's bounds", () => {
  const { chain } = createDemoParts()
  const { signedBlock } = chain.propose({ slot: 5, ...NO_BLOBS })
  const bytes = ssz.fulu.SignedBeaconBlock.serialize(signedBlock)
  const { minSszBytes, maxSszBytes } = TOPIC_TABLE.beacon_block
  assert.ok(bytes.length >= minSszBytes('fulu') && bytes.length <= maxSszBytes('fulu', 6))
  assert.ok(bytes.length > 30_000 && bytes.length < 60_000)
  const read = ssz.fulu.SignedBeaconBlock.deserialize(bytes)
  assert.ok(ssz.fulu.SignedBeaconBlock.equals(read, signedBlock))
})

test("the slot's proposer signed block and randao reveal", () => {
  const { chain, keys } = createDemoParts()
  const { signedBlock, root } = chain.propose({ slot: 70, ...NO_BLOBS })
  const { proposerIndex, body } = signedBlock.message
  assert.equal(proposerIndex, proposerOf(70))
  const publicKey = keys.publicKey(proposerIndex)
  assert.ok(
    verify(signingRoot(root, chain.domains.proposer), publicKey, Signature.fromBytes(signedBlock.signature, true)),
  )
  const epochRoot = signingRoot(ssz.Epoch.hashTreeRoot(2), chain.domains.randao)
  assert.ok(verify(epochRoot, publicKey, Signature.fromBytes(body.randaoReveal, true)))
})

test('header and block have one root', () => {
  const { chain } = createDemoParts()
  const { signedHeader, root, signedBlock } = chain.propose({ slot: 4, ...NO_BLOBS })
  assert.deepEqual(ssz.phase0.BeaconBlockHeader.hashTreeRoot(signedHeader.message), root)
  assert.deepEqual(signedHeader.signature, signedBlock.signature)
})

test('blocks build on each other, in consensus and in execution', () => {
  const { chain } = createDemoParts()
  const genesis = chain.head.root
  const first = chain.propose({ slot: 3, ...NO_BLOBS })
  const second = chain.propose({ slot: 6, ...NO_BLOBS })
  assert.deepEqual(first.signedBlock.message.parentRoot, genesis)
  assert.deepEqual(second.signedBlock.message.parentRoot, first.root)
  const [parent, child] = [first, second].map(({ signedBlock }) => signedBlock.message.body.executionPayload)
  assert.deepEqual(child?.parentHash, parent?.blockHash)
  assert.equal(child?.blockNumber, 2)
  assert.throws(() => chain.propose({ slot: 6, ...NO_BLOBS }), /not after/)
})

test('the payload is stamped with the time its slot begins', () => {
  const { chain, network } = createDemoParts()
  const { signedBlock } = chain.propose({ slot: 9, ...NO_BLOBS })
  const { genesisTimeSeconds, slotDurationMs } = network.config
  assert.equal(signedBlock.message.body.executionPayload.timestamp, genesisTimeSeconds + (9 * slotDurationMs) / 1000)
})

test("the target is the block of the epoch's first slot", () => {
  const { chain } = createDemoParts()
  chain.propose({ slot: 31, ...NO_BLOBS })
  const boundary = chain.propose({ slot: 32, ...NO_BLOBS })
  chain.propose({ slot: 33, ...NO_BLOBS })
  assert.deepEqual(chain.attestationData(33).target, { epoch: 1, root: boundary.root })
})

test('the target of an epoch whose first slot has no block is the last block before it', () => {
  const { chain } = createDemoParts()
  const last = chain.propose({ slot: 31, ...NO_BLOBS })
  assert.deepEqual(chain.attestationData(32).target, { epoch: 1, root: last.root })
  chain.propose({ slot: 33, ...NO_BLOBS })
  assert.deepEqual(chain.attestationData(33).target, { epoch: 1, root: last.root })
})
