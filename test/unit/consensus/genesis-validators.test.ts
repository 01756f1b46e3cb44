/** States of every fork, as @lodestar/types writes them, and what others may put in their place. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ssz } from '@lodestar/types'
import fc from 'fast-check'
import {
  genesisHeadBytes,
  pubkeysOf,
  VALIDATOR_BYTES,
  validatorsRange,
} from '../../../src/consensus/genesis-validators.ts'
import { smallNetwork } from '../network-worker/small-network.ts'

const NETWORK = smallNetwork()
const VERSION = NETWORK.forks[0]?.versionHex ?? ''
const ROOT = Buffer.from(NETWORK.genesisValidatorsRootHex, 'hex')

const key = (index: number): Buffer => Buffer.alloc(48, index + 1)

function stateOf(
  fork: 'phase0' | 'altair' | 'bellatrix' | 'capella' | 'deneb' | 'electra' | 'fulu',
  validators: number,
): Buffer {
  const type = ssz[fork].BeaconState
  const state = type.defaultValue()
  state.genesisValidatorsRoot = ROOT
  state.fork.currentVersion = Buffer.from(VERSION, 'hex')
  for (let index = 0; index < validators; index++) {
    const validator = ssz.phase0.Validator.defaultValue()
    validator.pubkey = key(index)
    state.validators.push(validator)
    state.balances.push(32e9)
  }
  const bytes = new Uint8Array(type.value_serializedSize(state as never))
  const view = new DataView(bytes.buffer)
  type.value_serializeToBytes({ uint8Array: bytes, dataView: view }, 0, state as never)
  return Buffer.from(bytes)
}

const rangeOf = (state: Buffer, network = NETWORK) =>
  validatorsRange(state.subarray(0, genesisHeadBytes(network)), state.length, network)

for (const fork of ['phase0', 'altair', 'bellatrix', 'capella', 'deneb', 'electra', 'fulu'] as const) {
  test(`${fork}: validators are where they are, also when there is none`, () => {
    for (const count of [3, 0]) {
      const state = stateOf(fork, count)
      const range = rangeOf(state)
      assert.ok(range.ok, JSON.stringify(range))
      assert.equal(range.count, count)
      const validators = state.subarray(range.startBytes, range.startBytes + count * VALIDATOR_BYTES)
      assert.deepEqual(
        Buffer.from(pubkeysOf(validators)),
        Buffer.concat(Array.from({ length: count }, (_, i) => key(i))),
      )
    }
  })
}

const STATE = stateOf('fulu', 3)
const OFFSET_AT = genesisHeadBytes(NETWORK) - 8

function changed(change: (state: Buffer) => void): Buffer {
  const state = Buffer.from(STATE)
  change(state)
  return state
}

const start = STATE.readUInt32LE(OFFSET_AT)

for (const [name, state, reason] of [
  ['a short file', STATE.subarray(0, OFFSET_AT), /too short/],
  ['another network', changed((bytes) => bytes.fill(0, 8, 40)), /another genesis validators root/],
  ['another fork', changed((bytes) => bytes.fill(0xee, 52, 56)), /unknown fork eeeeeeee/],
  ['an offset within the fixed part', changed((bytes) => bytes.writeUInt32LE(8, OFFSET_AT)), /bad offsets/],
  ['balances before validators', changed((bytes) => bytes.writeUInt32LE(start - 1, OFFSET_AT + 4)), /bad offsets/],
  ['balances beyond the file', changed((bytes) => bytes.writeUInt32LE(STATE.length + 1, OFFSET_AT + 4)), /bad offsets/],
  ['half a validator', changed((bytes) => bytes.writeUInt32LE(start + 60, OFFSET_AT + 4)), /whole validators/],
] as const) {
  test(`${name} is refused`, () => {
    const range = rangeOf(state)
    assert.ok(!range.ok)
    assert.match(range.reason, reason)
  })
}

test('any offsets: a range within the file, or a refusal', () => {
  const head = changed(() => undefined).subarray(0, genesisHeadBytes(NETWORK))
  fc.assert(
    fc.property(fc.nat(2 ** 32 - 1), fc.nat(2 ** 32 - 1), fc.nat(2 ** 32), (from, to, fileBytes) => {
      head.writeUInt32LE(from, OFFSET_AT)
      head.writeUInt32LE(to, OFFSET_AT + 4)
      const range = validatorsRange(head, fileBytes, NETWORK)
      if (range.ok) assert.ok(range.startBytes + range.count * VALIDATOR_BYTES <= fileBytes)
    }),
  )
})

test('the minimal preset has its validators nearer to the beginning', () => {
  assert.equal(genesisHeadBytes({ ...NETWORK, preset: 'minimal' }), 176 + 2 * 32 * 64 + 88 + 8)
})
