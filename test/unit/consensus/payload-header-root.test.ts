import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ssz } from '@lodestar/types'
import fc from 'fast-check'
import { payloadHeaderRoot } from '../../../src/consensus/payload-header-root.ts'
import { editionOf } from '../../../src/consensus/ssz-types/edition.ts'
import { executionPayloadHeaderType } from '../../../src/consensus/ssz-types/execution.ts'

const bytes = (length: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength: length, maxLength: length })
const number = fc.nat()
/** Numbers of a header are read as doubles by the library, and baseFeePerGas as a big integer. */
const fields = {
  parentHash: bytes(32),
  feeRecipient: bytes(20),
  stateRoot: bytes(32),
  receiptsRoot: bytes(32),
  logsBloom: bytes(256),
  prevRandao: bytes(32),
  blockNumber: number,
  gasLimit: number,
  gasUsed: number,
  timestamp: number,
  extraData: fc.uint8Array({ maxLength: 32 }),
  baseFeePerGas: fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }),
  blockHash: bytes(32),
  transactionsRoot: bytes(32),
}
const ofCapella = { ...fields, withdrawalsRoot: bytes(32) }
const blobGas = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })
const ofDeneb = { ...ofCapella, blobGasUsed: blobGas, excessBlobGas: blobGas }

interface HeaderType<Value> {
  serialize(value: Value): Uint8Array
  hashTreeRoot(value: Value): Uint8Array
}

function holdRoots<Value>(
  fork: 'bellatrix' | 'capella' | 'deneb' | 'fulu',
  type: HeaderType<Value>,
  values: fc.Arbitrary<Value>,
): void {
  const ours = executionPayloadHeaderType(editionOf(fork, 'mainnet'))
  test(`payload headers of ${fork}: the root that the SSZ library has`, () => {
    fc.assert(
      fc.property(values, (value) => {
        const root = payloadHeaderRoot(ours, type.serialize(value))
        assert.deepEqual(Buffer.from(root), Buffer.from(type.hashTreeRoot(value)))
      }),
      { numRuns: 60 },
    )
  })
}

holdRoots('bellatrix', ssz.bellatrix.ExecutionPayloadHeader, fc.record(fields))
holdRoots('capella', ssz.capella.ExecutionPayloadHeader, fc.record(ofCapella))
holdRoots('deneb', ssz.deneb.ExecutionPayloadHeader, fc.record(ofDeneb))
holdRoots('fulu', ssz.fulu.ExecutionPayloadHeader, fc.record(ofDeneb))
