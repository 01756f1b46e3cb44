import { type bellatrix, type deneb, type phase0, ssz } from '@lodestar/types'
import { REAL_FORKS } from '../../../support/real-objects.ts'
import { commitments } from './block-values.ts'
import { epochsAfter, holdRealCases, type RealCase } from './real-objects-scene.ts'

/** Where the body of a block says that its part begins: behind the signature, slot, proposer and two roots. */
const BODY_OFFSET_AT = 4 + 96 + 8 + 8 + 32 + 32

/** Adds to a little-endian uint32. */
function added(bytes: Uint8Array, at: number, amount: number): Uint8Array {
  const copy = new Uint8Array(bytes)
  const view = new DataView(copy.buffer)
  view.setUint32(at, view.getUint32(at, true) + amount, true)
  return copy
}

const OF_ALL_FORKS: readonly RealCase<phase0.SignedBeaconBlock>[] = [
  { name: 'as it came', verdict: 'accept' },
  { name: 'at the end of its slot', at: (slot) => [slot + 1, -1], verdict: 'accept' },
  { name: '500 ms before its slot', at: (slot) => [slot, -500], verdict: 'accept' },
  { name: '501 ms before its slot', at: (slot) => [slot, -501], verdict: 'ignore future_slot' },
  { name: 'before genesis', at: () => [-10, 0], verdict: 'ignore future_slot' },
  { name: 'as late as two epochs', at: (slot) => [epochsAfter(slot, 3), -1], verdict: 'accept' },
  { name: 'later than that', at: (slot) => [epochsAfter(slot, 3), 0], verdict: 'ignore past_slot' },
  { name: 'slot 0', change: ({ message }) => (message.slot = 0), verdict: 'ignore finalized_slot' },
  { name: 'two slots ahead', change: ({ message }) => (message.slot += 2), verdict: 'ignore future_slot' },
  {
    name: 'the last slot that can be written',
    change: ({ message }) => (message.slot = Number.MAX_SAFE_INTEGER),
    verdict: 'ignore future_slot',
  },
  { name: 'proposer 2^40', change: ({ message }) => (message.proposerIndex = 2 ** 40), verdict: 'reject bad_index' },
  {
    name: 'another proposer, which takes the lookahead',
    change: ({ message }) => (message.proposerIndex ^= 1),
    verdict: 'accept',
  },
  {
    name: 'a signature of zeros, which takes the key',
    change: (value) => (value.signature = new Uint8Array(96)),
    verdict: 'accept',
  },
  { name: 'the first byte missing', damage: (bytes) => bytes.subarray(1), verdict: 'reject bad_layout' },
  { name: 'nothing but its fixed part', damage: (bytes) => bytes.subarray(0, 100), verdict: 'reject bad_layout' },
  { name: 'a first offset one too far', damage: (bytes) => added(bytes, 0, 1), verdict: 'reject bad_layout' },
  {
    name: 'a body that begins too early',
    damage: (bytes) => added(bytes, BODY_OFFSET_AT, -4),
    verdict: 'reject bad_layout',
  },
  {
    name: 'a body past the end',
    damage: (bytes) => added(bytes, BODY_OFFSET_AT, 2 ** 30),
    verdict: 'reject bad_layout',
  },
]

for (const fork of REAL_FORKS) {
  // What these cases change is in the blocks of all forks alike.
  const kind = 'beacon_block'
  holdRealCases<phase0.SignedBeaconBlock>({ fork, kind, type: ssz[fork].SignedBeaconBlock }, OF_ALL_FORKS)
}

const WITH_PAYLOAD: readonly RealCase<bellatrix.SignedBeaconBlock>[] = [
  {
    name: 'a payload of a second later',
    change: ({ message }) => message.body.executionPayload.timestamp++,
    verdict: 'reject bad_timestamp',
  },
  {
    name: 'a payload of the slot before',
    change: ({ message }) => (message.body.executionPayload.timestamp -= 2),
    verdict: 'reject bad_timestamp',
  },
  {
    name: 'the payload of another slot, sent when it is in time',
    change: ({ message }) => message.slot++,
    at: (slot) => [slot + 1, 100],
    verdict: 'reject bad_timestamp',
  },
  {
    name: 'extra data of 33 bytes',
    change: ({ message }) => (message.body.executionPayload.extraData = new Uint8Array(33)),
    verdict: 'reject bad_layout',
  },
  {
    name: 'another transaction, of which the signature is',
    change: ({ message }) => message.body.executionPayload.transactions.push(new Uint8Array(100)),
    verdict: 'accept',
  },
]

for (const fork of ['bellatrix', 'capella', 'deneb', 'electra', 'fulu'] as const) {
  const type = ssz[fork].SignedBeaconBlock
  holdRealCases<bellatrix.SignedBeaconBlock>({ fork, kind: 'beacon_block', type }, WITH_PAYLOAD)
}

for (const [fork, limit] of [
  ['deneb', 6],
  ['electra', 9],
  ['fulu', 15],
] as const) {
  const withBlobs = (count: number): Pick<RealCase<deneb.SignedBeaconBlock>, 'name' | 'change'> => ({
    name: `${count} commitments`,
    change: ({ message }) => (message.body.blobKzgCommitments = commitments(count)),
  })
  holdRealCases<deneb.SignedBeaconBlock>({ fork, kind: 'beacon_block', type: ssz[fork].SignedBeaconBlock }, [
    { ...withBlobs(limit), verdict: 'accept' },
    { ...withBlobs(limit + 1), verdict: 'reject too_many_blobs' },
    { ...withBlobs(4097), verdict: 'reject bad_layout' },
  ])
}
