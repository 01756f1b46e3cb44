import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { DasContextJs } from '@crate-crypto/node-eth-kzg'
import { type fulu, ssz } from '@lodestar/types'
import { createForkSchedule } from '../../../src/consensus/fork-schedule.ts'
import type { NetworkConfig } from '../../../src/consensus/network-config.ts'
import { formatTopic, parseTopic } from '../../../src/consensus/topic.ts'
import type { GossipName } from '../../../src/consensus/topic-table.ts'
import { type BlobWithCells, computeBlobs, demoBlob } from '../../../src/demo/blobs.ts'
import { buildColumnSidecars } from '../../../src/demo/columns.ts'
import { proposerOf } from '../../../src/demo/duties.ts'
import type { KeyRing } from '../../../src/demo/keys.ts'
import { type KeySource, NO_KEYS } from '../../../src/network-worker/validation/verify/key-source.ts'
import type { Outcome } from '../../../src/network-worker/validation/verify/verification-counts.ts'
import type { Verification, VerifiedTopic } from '../../../src/network-worker/validation/verify/verifier.ts'
import { toHex } from '../../../src/shared/hex.ts'
import { until } from '../../support/until.ts'
import { createDemoParts } from '../../unit/demo/demo-parts.ts'
import { openVerifier, registryOf, signIn } from './verifier-scene.ts'
import { SETUP_MS } from './verify-real.ts'

const SLOT = 40
/** All bytes 0xff: no point. */
const NOT_A_KEY = new Uint8Array(48).fill(0xff)
const ALL_COLUMNS = Array.from({ length: 128 }, (_, index) => index)

let blobs: readonly BlobWithCells[] = []

before(async () => {
  blobs = await computeBlobs(new AbortController().signal)
})

function bytesOf(sidecar: fulu.DataColumnSidecar): Uint8Array {
  return ssz.fulu.DataColumnSidecar.serialize(sidecar)
}

test('a block and its 128 columns: one signature, all proofs; forged ones beside them are found', async (t) => {
  const { chain, network, keys } = createDemoParts()
  const { config } = network
  const scene = openVerifier(t, { network: config, fork: 'fulu', slot: SLOT, keys: registryOf(keys) })
  const judge = (sidecar: fulu.DataColumnSidecar) =>
    scene.judge(`data_column_sidecar_${sidecar.index}`, bytesOf(sidecar))
  const blobCommitments = blobs.map(({ commitment }) => commitment)
  const block = chain.propose({ slot: SLOT, blobCommitments, attestations: [] })
  const columns = buildColumnSidecars(block, blobs, ALL_COLUMNS)
  const [first, second, third] = columns
  assert.ok(first !== undefined && second !== undefined && third !== undefined)

  const signature = keys.sign(proposerOf(SLOT) + 1, block.root).toBytes()
  const forged = { ...first, signedBlockHeader: { ...block.signedHeader, signature } }
  const early = judge(first)
  assert.equal(await Promise.race([early, judge(forged)]), 'invalid', 'for a forged header no proof is needed')
  assert.equal(await early, 'valid', 'what comes first waits for the trusted setup')

  const wrongCells = { ...second, column: third.column }
  const [forBlock, ofForged, ofWrong, ...answers] = await Promise.all([
    scene.judge('beacon_block', ssz.fulu.SignedBeaconBlock.serialize(block.signedBlock)),
    judge(forged),
    judge(wrongCells),
    ...columns.map(judge),
  ])
  assert.deepEqual([forBlock, ofForged, ofWrong], ['valid', 'invalid', 'disproven'])
  assert.deepEqual(new Set(answers), new Set(['valid']))
})

/** Who knows no key of the proposer, and what a column with right proofs is then. */
const KEYLESS: readonly (readonly [string, (keys: KeyRing) => KeySource, Verification, Outcome])[] = [
  ['nobody told any key', () => NO_KEYS, 'proven', 'proven'],
  // Before the signature is known to be right.
  ['a key that is none', (keys) => ({ ...registryOf(keys), pubkeyOf: () => NOT_A_KEY }), 'unavailable', 'bad_key'],
  ['a registry that ends before him', () => ({ ...NO_KEYS, validatorCount: 1 }), 'unavailable', 'no_key'],
  [
    "another's turn, no registry",
    (keys) => ({ ...NO_KEYS, proposerOf: otherTurn(keys) }),
    'unavailable',
    'other_proposer',
  ],
  ["another's turn", (keys) => ({ ...registryOf(keys), proposerOf: otherTurn(keys) }), 'unavailable', 'other_proposer'],
]

function otherTurn(keys: KeyRing): KeySource['proposerOf'] {
  const validatorIndex = proposerOf(SLOT) + 1
  return () => ({ validatorIndex, pubkey: keys.publicKeyBytes(validatorIndex) })
}

test('where columns are expected, the block that comes before them has the trusted setup loaded', async (t) => {
  const { chain, network, keys } = createDemoParts()
  const { config } = network
  const { verifier, judge } = openVerifier(t, { network: config, fork: 'fulu', slot: SLOT, keys: registryOf(keys) })
  const blockTopic = topicOf(config, 'beacon_block')
  const columnTopic = topicOf(config, 'data_column_sidecar_0')
  const block = chain.propose({ slot: SLOT, blobCommitments: blobs.map((one) => one.commitment), attestations: [] })
  const [column] = buildColumnSidecars(block, blobs, [0])
  assert.ok(column !== undefined)
  const proposer = { slot: SLOT, proposerIndex: proposerOf(SLOT) }
  verifier.expect('data_column_sidecar')
  assert.equal(verifier.prospect(blockTopic, new Uint8Array(), { action: 'pass', proposer }), 'open')
  const isSure = (): boolean =>
    verifier.prospect(columnTopic, new Uint8Array(), { action: 'pass', proposer }) === 'sure'
  await until('the trusted setup is loaded', isSure, SETUP_MS)
  assert.equal(await judge('data_column_sidecar_0', bytesOf(column)), 'valid')
})

test("without the proposer's key a column's proofs are still verified", async (t) => {
  const { chain, network, keys } = createDemoParts()
  let known = NO_KEYS
  const told: KeySource = {
    pubkeyOf: (index) => known.pubkeyOf(index),
    proposerOf: (slot) => known.proposerOf(slot),
    get validatorCount() {
      return known.validatorCount
    },
  }
  const { verifier, judge } = openVerifier(t, { network: network.config, fork: 'fulu', slot: SLOT, keys: told })
  const block = chain.propose({ slot: SLOT, blobCommitments: blobs.map((one) => one.commitment), attestations: [] })
  const [first, second] = buildColumnSidecars(block, blobs, [0, 1])
  assert.ok(first !== undefined && second !== undefined)
  const garbage = { ...first, column: second.column }
  for (const [who, keysOf, verification, outcome] of KEYLESS) {
    known = keysOf(keys)
    const before = verifier.counts.get('data_column_sidecar', outcome)
    assert.equal(await judge('data_column_sidecar_0', bytesOf(garbage), 'forger'), 'disproven', who)
    assert.equal(await judge('data_column_sidecar_0', bytesOf(first)), verification, who)
    assert.equal(verifier.counts.get('data_column_sidecar', outcome), before + 1, who)
  }
  known = NO_KEYS
  await verifier.stop()
  assert.equal(await judge('data_column_sidecar_1', bytesOf(second)), 'unavailable', 'no thread')
})

test('without keys, columns of one forger by the dozen: an honest one has its turn, and is not refused for want of room', async (t) => {
  const { chain, network } = createDemoParts()
  const scene = openVerifier(t, { network: network.config, fork: 'fulu', slot: SLOT, keys: NO_KEYS })
  const block = chain.propose({ slot: SLOT, blobCommitments: blobs.map((one) => one.commitment), attestations: [] })
  const [honest, ...others] = buildColumnSidecars(block, blobs, ALL_COLUMNS)
  assert.ok(honest !== undefined)
  const order: string[] = []
  // All while the trusted setup is still loaded.
  const forged = [...others, ...others, ...others].map(async (one) => {
    const garbage = { ...one, column: honest.column }
    order.push(await scene.judge(`data_column_sidecar_${one.index}`, bytesOf(garbage), 'forger'))
  })
  await scene.judge('data_column_sidecar_0', bytesOf(honest), 'honest').then((one) => order.push(one))
  const before = order.slice(0, order.indexOf('proven')).filter((one) => one === 'disproven')
  assert.ok(order.includes('proven') && before.length <= 2, `after ${before.length} forged ones`)
  await scene.verifier.stop()
  await Promise.all(forged)
})

test('with keys, columns of one forger under a true header: while they wait for the trusted setup, an honest one finds room', async (t) => {
  const { chain, network, keys } = createDemoParts()
  const scene = openVerifier(t, { network: network.config, fork: 'fulu', slot: SLOT, keys: registryOf(keys) })
  const block = chain.propose({ slot: SLOT, blobCommitments: blobs.map((one) => one.commitment), attestations: [] })
  const [honest, ...others] = buildColumnSidecars(block, blobs, ALL_COLUMNS)
  assert.ok(honest !== undefined)
  const forged = [...others, ...others, ...others].map((one) =>
    scene.judge(`data_column_sidecar_${one.index}`, bytesOf({ ...one, column: honest.column }), 'forger'),
  )
  assert.equal(await scene.judge('data_column_sidecar_0', bytesOf(honest), 'honest'), 'valid')
  assert.ok(scene.verifier.counts.get('data_column_sidecar', 'queue_full') >= forged.length - 256)
  await scene.verifier.stop()
  await Promise.all(forged)
})

test("a blob: its header, and that it is the commitment's", async (t) => {
  const { network, keys } = createDemoParts()
  const { config } = network
  const { verifier } = openVerifier(t, { network: config, fork: 'fulu', slot: SLOT, keys: registryOf(keys) })
  const keyless = openVerifier(t, { network: config, fork: 'fulu', slot: SLOT, keys: NO_KEYS })
  // No tier 0 here: its proof is not what is looked at.
  const topic = topicOf(config, 'blob_sidecar_0')
  const sidecar = ssz.deneb.BlobSidecar.defaultValue()
  const header = { ...ssz.phase0.BeaconBlockHeader.defaultValue(), slot: SLOT, proposerIndex: 5 }
  const headerRoot = ssz.phase0.BeaconBlockHeader.hashTreeRoot(header)
  const as = { keys, signer: 5, domain: 'beaconProposer', versionHex: toHex(network.forkVersion) } as const
  sidecar.blob = demoBlob(0)
  sidecar.kzgCommitment = blobs[0]?.commitment ?? new Uint8Array(48)
  sidecar.kzgProof = DasContextJs.create({ usePrecomp: false }).computeBlobKzgProof(sidecar.blob, sidecar.kzgCommitment)
  sidecar.signedBlockHeader = { message: header, signature: signIn(config, as, headerRoot) }
  const proposer = { slot: SLOT, proposerIndex: 5, headerRoot }
  const judge = (changes: Partial<typeof sidecar>, by = verifier) => {
    const bytes = ssz.deneb.BlobSidecar.serialize({ ...sidecar, ...changes })
    return by.verify(topic, bytes, { action: 'pass', proposer }, 'peer')
  }
  assert.equal(await judge({}), 'valid')
  assert.equal(await judge({ blob: demoBlob(1) }), 'disproven')
  assert.equal(verifier.counts.get('blob_sidecar', 'disproven'), 1)
  const signature = keys.sign(6, headerRoot).toBytes()
  assert.equal(await judge({ signedBlockHeader: { message: header, signature } }), 'invalid')
  assert.equal(await judge({ blob: demoBlob(1) }, keyless.verifier), 'disproven')
  assert.equal(await judge({}, keyless.verifier), 'proven')
})

function topicOf(network: NetworkConfig, name: GossipName): VerifiedTopic {
  const entry = createForkSchedule(network).at(0)
  const parsed = parseTopic(formatTopic(entry.digestHex, name))
  assert.ok(parsed !== undefined)
  return { parsed, entry }
}
