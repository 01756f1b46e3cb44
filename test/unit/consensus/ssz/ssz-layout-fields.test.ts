import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { FORK_NAMES, isForkAtLeast } from '../../../../src/consensus/network-config.ts'
import { fieldRange, fixedOffset } from '../../../../src/consensus/ssz/ssz-layout-fields.ts'
import { byteList, bytes, container, list, uint64 } from '../../../../src/consensus/ssz/ssz-layout-type.ts'
import { peekSlot } from '../../../../src/consensus/ssz/ssz-peek.ts'
import { gossipType } from '../../../../src/consensus/ssz-types/gossip-types.ts'
import { GOSSIP_KINDS, type GossipKind } from '../../../../src/consensus/topic-table.ts'

const type = container('Outer', {
  number: uint64,
  first: container('Inner', { list: list(bytes(2), 9), flag: bytes(1) }),
  second: byteList(9),
  root: bytes(3),
  third: container('Inner', { list: list(bytes(2), 9), flag: bytes(1) }),
})

/** `first` holds two elements, `second` four bytes, `third` one element. */
const ssz = Uint8Array.from(
  Buffer.from(
    ['0102030405060708 17000000 20000000 aabbcc 24000000', '05000000 11 11112222', '99999999', '05000000 33 4444']
      .join('')
      .replaceAll(' ', ''),
    'hex',
  ),
)

const PLACES: readonly (readonly [path: string, start: number, end: number, fixedStart: number | undefined])[] = [
  ['number', 0, 8, 0],
  ['first', 23, 32, 23],
  ['first.list', 28, 32, 28],
  ['first.flag', 27, 28, 27],
  ['second', 32, 36, undefined],
  ['root', 16, 19, 16],
  ['third', 36, 43, undefined],
  ['third.list', 41, 43, undefined],
  ['third.flag', 40, 41, undefined],
]

for (const [path, start, end, fixedStart] of PLACES) {
  test(`${path} lies from ${start} to ${end}`, () => {
    const range = fieldRange(type, path)
    assert.deepEqual([range.start(ssz), range.end(ssz), range.fixedStart], [start, end, fixedStart])
  })
}

test('elements and bytes are counted', () => {
  const count = (path: string): number => fieldRange(type, path).count(ssz)
  assert.deepEqual(['first.list', 'second', 'root', 'third.list'].map(count), [2, 4, 3, 1])
})

test('an unknown field is an error when the view is made', () => {
  for (const path of ['', 'none', 'number.none', 'first.none', 'first.list.none', 'first.list.flag.']) {
    assert.throws(() => fieldRange(type, path), { message: `Outer has no ${path}` })
  }
})

test('a fixed offset is asked of a field that has one', () => {
  assert.equal(fixedOffset(type, 'first.flag'), 27)
  assert.throws(() => fixedOffset(type, 'third.flag'), { message: 'Outer.third.flag has no fixed place' })
})

/** The slots at which `peekSlot` looks; the path depends on the fork for columns only. */
const SLOT_PATHS: Partial<Record<GossipKind, string>> = {
  beacon_block: 'message.slot',
  beacon_aggregate_and_proof: 'message.aggregate.data.slot',
  beacon_attestation: 'data.slot',
  sync_committee_contribution_and_proof: 'message.contribution.slot',
  sync_committee: 'slot',
  blob_sidecar: 'signedBlockHeader.message.slot',
  data_column_sidecar: 'signedBlockHeader.message.slot',
  execution_payload_bid: 'message.slot',
  payload_attestation_message: 'data.slot',
  proposer_preferences: 'message.proposalSlot',
}

test('a slot that is peeked at lies where its field does', () => {
  const bytesWithSlot = new Uint8Array(140_000)
  for (const fork of FORK_NAMES) {
    for (const [kind, usual] of Object.entries(SLOT_PATHS) as [GossipKind, string][]) {
      const path = kind === 'data_column_sidecar' && isForkAtLeast(fork, 'gloas') ? 'slot' : usual
      const offset = fixedOffset(gossipType(kind, fork, 'mainnet'), path)
      bytesWithSlot.fill(0).set([7], offset)
      assert.equal(peekSlot(kind, fork, bytesWithSlot), 7, `${fork} ${kind}`)
    }
  }
})

test('property: a place in any bytes is a number', () => {
  const paths = GOSSIP_KINDS.flatMap((kind) => {
    const root = gossipType(kind, 'gloas', 'mainnet')
    return [...root.fields.keys()].map((name) => fieldRange(root, name))
  })
  const body = gossipType('beacon_block', 'fulu', 'mainnet')
  paths.push(fieldRange(body, 'message.body.executionPayload.transactions'))
  fc.assert(
    fc.property(fc.constantFrom(...paths), fc.uint8Array({ maxLength: 400 }), (range, any) => {
      assert.ok(Number.isInteger(range.start(any)) && Number.isInteger(range.end(any)))
      assert.ok(Number.isFinite(range.count(any)))
    }),
    { numRuns: 500 },
  )
})
