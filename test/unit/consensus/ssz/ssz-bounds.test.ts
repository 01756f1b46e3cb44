import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import { type ForkName, isForkAtLeast, type PresetName } from '../../../../src/consensus/network-config.ts'
import { MAX_PAYLOAD_SIZE } from '../../../../src/consensus/ssz/ssz-bounds.ts'
import { TOPIC_TABLE } from '../../../../src/consensus/topic-table.ts'
import { everyTopic, gossipType, type TypeSize, typeSizes } from './ssz-type-sizes.ts'

/** MAX_BLOB_COMMITMENTS_PER_BLOCK: with this many blobs a bound is the type's own. */
const ALL_BLOBS = 4096

function minimalSizes(): TypeSize[] {
  const script = new URL('ssz-type-sizes.ts', import.meta.url).pathname
  const env = { ...process.env, LODESTAR_PRESET: 'minimal' }
  return JSON.parse(execFileSync(process.execPath, [script], { env, encoding: 'utf8' })) as TypeSize[]
}

function bounds(size: TypeSize, preset: PresetName): { min: number; max: number } {
  const spec = TOPIC_TABLE[size.kind]
  return { min: spec.minSszBytes(size.fork, preset), max: spec.maxSszBytes(size.fork, ALL_BLOBS, preset) }
}

const sizes: Readonly<Record<PresetName, TypeSize[]>> = { mainnet: typeSizes(), minimal: minimalSizes() }

test('the child really ran the minimal preset', () => {
  const contribution = (list: TypeSize[]): number | undefined =>
    list.find((size) => size.kind === 'sync_committee_contribution_and_proof')?.max
  assert.deepEqual([contribution(sizes.mainnet), contribution(sizes.minimal)], [360, 345])
})

for (const size of sizes.mainnet) {
  test(`mainnet ${size.fork} ${size.kind}: the bounds are the type's, within the payload limit`, () => {
    assert.deepEqual(bounds(size, 'mainnet'), { min: size.min, max: Math.min(size.max, MAX_PAYLOAD_SIZE) })
  })
}

for (const size of sizes.minimal) {
  test(`minimal ${size.fork} ${size.kind}: the bounds refuse nothing the type allows`, () => {
    const { min, max } = bounds(size, 'minimal')
    assert.equal(min, size.min)
    assert.ok(max >= Math.min(size.max, MAX_PAYLOAD_SIZE), `${max} < ${size.max}`)
    if (size.min === size.max) assert.equal(max, size.max)
  })
}

for (const { kind, fork } of everyTopic()) {
  test(`${fork} ${kind}: an empty object of the type fits`, () => {
    const type = gossipType(kind, fork)
    const { length } = type.serialize(type.defaultValue())
    const spec = TOPIC_TABLE[kind]
    assert.ok(spec.minSszBytes(fork) <= length && length <= spec.maxSszBytes(fork, 21))
  })
}

/** A column with `blobs` cells, as a peer sends it. */
function columnLength(fork: ForkName, blobs: number): number {
  const type = gossipType('data_column_sidecar', fork)
  const proofs = Array.from({ length: blobs }, () => new Uint8Array(48))
  const column = Array.from({ length: blobs }, () => new Uint8Array(2048))
  const commitments = isForkAtLeast(fork, 'gloas') ? {} : { kzgCommitments: proofs }
  return type.serialize({ ...type.defaultValue(), column, kzgProofs: proofs, ...commitments }).length
}

for (const fork of ['fulu', 'gloas'] as const) {
  test(`${fork}: the bound of a column is exactly a column of as many blobs as the digest allows`, () => {
    for (const blobs of [0, 1, 9, 15, 21]) {
      assert.equal(TOPIC_TABLE.data_column_sidecar.maxSszBytes(fork, blobs), columnLength(fork, blobs))
    }
  })
}

test('columns that a devnet measured over REST: 4644 bytes with 2 blobs, 13220 with 6', () => {
  assert.equal(TOPIC_TABLE.data_column_sidecar.maxSszBytes('fulu', 2), 4644)
  assert.equal(TOPIC_TABLE.data_column_sidecar.maxSszBytes('fulu', 6), 13_220)
})
