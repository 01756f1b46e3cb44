import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PublicKey, Signature, verify } from '@chainsafe/blst'
import { ssz } from '@lodestar/types'
import { changesShape, signedChanges } from '../../../../bench/payloads/bls-changes.ts'
import { blockShape, columnShape } from '../../../../bench/payloads/proposals.ts'
import { stampedPayload, stampedShape } from '../../../../bench/payloads/stamped-payload.ts'
import { aggregateShape, attestationShape, syncMessageShape } from '../../../../bench/payloads/votes.ts'
import type { PayloadShape } from '../../../support/go-payload.ts'
import { GENESIS_VERSION_HEX, testNetwork } from '../../../support/network-directory.ts'
import { TierZeroJudges } from '../tier-zero-judges.ts'

const KINDS: readonly (readonly [name: string, sizeBytes: number, shape: PayloadShape])[] = [
  ['beacon_attestation_3', 240, attestationShape()],
  ['beacon_attestation_15', 240, attestationShape()],
  ['beacon_aggregate_and_proof', 511, aggregateShape()],
  ['sync_committee_2', 144, syncMessageShape()],
  ['beacon_block', 120_000, blockShape(120_000, 4)],
  ['data_column_sidecar_7', 356 + 2144 * 14, columnShape(14, 4)],
]

for (const [name, sizeBytes, shape] of KINDS) {
  test(`${name}: payloads of a slot differ, and all pass what they can be held against`, () => {
    const judges = new TierZeroJudges(1)
    const seen = new Set<string>()
    for (let slot = 0; slot < 40; slot++, judges.slot++) {
      for (let turn = 0; turn < 6; turn++) {
        const [verdict, payload] = judges.judge(shape, name, 6 * slot + turn, 6 * slot + turn)
        assert.deepEqual(verdict, { action: 'accept' }, `slot ${slot}, turn ${turn}`)
        assert.equal(payload.length, sizeBytes)
        seen.add(payload.toString())
      }
    }
    assert.equal(seen.size, 240)
  })
}

test('stamps are written where they belong, and nothing else changes', () => {
  const object = new Uint8Array(56).fill(0xee)
  const shape = stampedShape(object, [
    { offset: 0, value: 'slot' },
    { offset: 8, value: 'epoch' },
    { offset: 16, value: 'slotStart' },
    { offset: 24, value: 'topicNumber' },
    { offset: 32, value: 'turn', below: 4 },
    { offset: 40, value: 'serial', below: 16 },
  ])
  const at = { slot: 65, slotStartSeconds: 1_700_000_065, gossipName: 'data_column_sidecar_17', turn: 6 }
  const payloads = Array.from({ length: 16 }, (_, serial) => Buffer.from(stampedPayload(shape, { ...at, serial })))
  const numbers = [0, 8, 16, 24, 32, 48].map((offset) => payloads[3]?.readBigUInt64LE(offset))
  assert.deepEqual(numbers, [65n, 2n, 1_700_000_065n, 17n, 2n, 0xeeee_eeee_eeee_eeeen])
  const serials = new Set(payloads.map((payload) => payload.readBigUInt64LE(40)))
  assert.equal(serials.size, 16)
  assert.ok([...serials].every((serial) => serial < 16n))
})

test('changes are signed, each by another validator and key', () => {
  const network = testNetwork()
  const changes = signedChanges(network, 5, 3).map((bytes) => ssz.capella.SignedBLSToExecutionChange.deserialize(bytes))
  assert.deepEqual(
    changes.map(({ message }) => message.validatorIndex),
    [5, 6, 7],
  )
  assert.equal(new Set(changes.map(({ message }) => Buffer.from(message.fromBlsPubkey).toString('hex'))).size, 3)
  const currentVersion = Buffer.from(GENESIS_VERSION_HEX, 'hex')
  const genesisValidatorsRoot = Buffer.from(network.genesisValidatorsRootHex, 'hex')
  const forkData = ssz.phase0.ForkData.hashTreeRoot({ currentVersion, genesisValidatorsRoot })
  const domain = Buffer.concat([Uint8Array.of(0x0a, 0, 0, 0), forkData.subarray(0, 28)])
  for (const { message, signature } of changes) {
    const objectRoot = ssz.capella.BLSToExecutionChange.hashTreeRoot(message)
    const root = ssz.phase0.SigningData.hashTreeRoot({ objectRoot, domain })
    assert.ok(verify(root, PublicKey.fromBytes(message.fromBlsPubkey, true), Signature.fromBytes(signature, true)))
  }
})

test('a stream of changes has them one after the other', () => {
  const changes = signedChanges(testNetwork(), 0, 2)
  const { sizeBytes, template = '', stamps } = changesShape(changes)
  assert.equal(sizeBytes, 172)
  assert.deepEqual(stamps, [])
  assert.deepEqual(Buffer.from(template, 'base64'), Buffer.concat(changes))
})
