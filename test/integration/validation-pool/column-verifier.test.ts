import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { DasContextJs } from '@crate-crypto/node-eth-kzg'
import { type fulu, ssz } from '@lodestar/types'
import { createForkSchedule } from '../../../src/consensus/fork-schedule.ts'
import type { NetworkConfig } from '../../../src/consensus/network-config.ts'
import { formatTopic, parseTopic } from '../../../src/consensus/topic.ts'
import { type BlobWithCells, computeBlobs, demoBlob } from '../../../src/demo/blobs.ts'
import { buildColumnSidecars } from '../../../src/demo/columns.ts'
import { proposerOf } from '../../../src/demo/duties.ts'
import type { VerifiedTopic } from '../../../src/network-worker/validation/verify/verifier.ts'
import { toHex } from '../../../src/shared/hex.ts'
import { createDemoParts } from '../../unit/demo/demo-parts.ts'
import { openVerifier, registryOf, signIn } from './verifier-scene.ts'

const SLOT = 40
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
  assert.deepEqual([forBlock, ofForged, ofWrong], ['valid', 'invalid', 'invalid'])
  assert.deepEqual(new Set(answers), new Set(['valid']))
})

test("a blob: its header, and that it is the commitment's", async (t) => {
  const { network, keys } = createDemoParts()
  const { config } = network
  const { verifier } = openVerifier(t, { network: config, fork: 'fulu', slot: SLOT, keys: registryOf(keys) })
  // No tier 0 here: its proof is not what is looked at.
  const topic = blobTopic(config)
  const sidecar = ssz.deneb.BlobSidecar.defaultValue()
  const header = { ...ssz.phase0.BeaconBlockHeader.defaultValue(), slot: SLOT, proposerIndex: 5 }
  const headerRoot = ssz.phase0.BeaconBlockHeader.hashTreeRoot(header)
  const as = { keys, signer: 5, domain: 'beaconProposer', versionHex: toHex(network.forkVersion) } as const
  sidecar.blob = demoBlob(0)
  sidecar.kzgCommitment = blobs[0]?.commitment ?? new Uint8Array(48)
  sidecar.kzgProof = DasContextJs.create({ usePrecomp: false }).computeBlobKzgProof(sidecar.blob, sidecar.kzgCommitment)
  sidecar.signedBlockHeader = { message: header, signature: signIn(config, as, headerRoot) }
  const proposer = { slot: SLOT, proposerIndex: 5, headerRoot }
  const judge = (changes: Partial<typeof sidecar>) => {
    const bytes = ssz.deneb.BlobSidecar.serialize({ ...sidecar, ...changes })
    return verifier.verify(topic, bytes, { action: 'pass', proposer }, 'peer')
  }
  assert.equal(await judge({}), 'valid')
  assert.equal(await judge({ blob: demoBlob(1) }), 'invalid')
  const signature = keys.sign(6, headerRoot).toBytes()
  assert.equal(await judge({ signedBlockHeader: { message: header, signature } }), 'invalid')
})

function blobTopic(network: NetworkConfig): VerifiedTopic {
  const entry = createForkSchedule(network).at(0)
  const parsed = parseTopic(formatTopic(entry.digestHex, 'blob_sidecar_0'))
  assert.ok(parsed !== undefined)
  return { parsed, entry }
}
