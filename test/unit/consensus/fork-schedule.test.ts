import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { createForkSchedule } from '../../../src/consensus/fork-schedule.ts'
import { networkByName } from '../../../src/consensus/networks.ts'
import { devnet } from './network-fixtures.ts'

/** Epoch, digest, fork, blobs: as published, independent of this code. */
const PUBLISHED: Record<string, [number, string, string, number][]> = {
  mainnet: [
    [0, 'b5303f2a', 'phase0', 0],
    [74240, 'afcaaba0', 'altair', 0],
    [144896, '4a26c58b', 'bellatrix', 0],
    [194048, 'bba4da96', 'capella', 0],
    [269568, '6a95a1a9', 'deneb', 6],
    [364032, 'ad532ceb', 'electra', 9],
    [411392, 'cc2c5cdb', 'fulu', 9],
    [412672, 'cb0d1acc', 'fulu', 15],
    [419072, '8c9f62fe', 'fulu', 21],
  ],
  hoodi: [
    [0, 'd2f1997f', 'deneb', 6],
    [2048, '82556a32', 'electra', 9],
    [50688, 'e2abcca4', 'fulu', 9],
    [52480, 'ae9f70a0', 'fulu', 15],
    [54016, 'c6ecb76c', 'fulu', 21],
  ],
  sepolia: [
    [0, 'a8fee8ee', 'phase0', 0],
    [50, '60725ca1', 'altair', 0],
    [100, '36fa5013', 'bellatrix', 0],
    [56832, '47eb72b3', 'capella', 0],
    [132608, 'd31f6191', 'deneb', 6],
    [222464, '14045b5a', 'electra', 9],
    [272640, '7e0d3447', 'fulu', 9],
    [274176, 'fd32b622', 'fulu', 15],
    [275712, '74d01459', 'fulu', 21],
  ],
  holesky: [
    [0, '69b7d974', 'bellatrix', 0],
    [256, '17e2dad3', 'capella', 0],
    [29696, '69ae0e99', 'deneb', 6],
    [115968, '019e21ad', 'electra', 9],
    [165120, '84e8fde5', 'fulu', 9],
    [166400, 'c7022d55', 'fulu', 15],
    [167936, '32db3f09', 'fulu', 21],
  ],
}

for (const [name, rows] of Object.entries(PUBLISHED)) {
  test(`${name}: every digest is the published one`, () => {
    const { entries } = createForkSchedule(networkByName(name))
    assert.deepEqual(
      entries.map((entry) => [entry.epoch, entry.digestHex, entry.fork, entry.maxBlobsPerBlock]),
      rows,
    )
  })
}

// Forks that a network skipped at genesis never had topics, but their digests are published too.
const SKIPPED: [string, string, string][] = [
  ['hoodi', 'phase0', '5df5c106'],
  ['hoodi', 'altair', '5bc37505'],
  ['hoodi', 'bellatrix', '92579de7'],
  ['hoodi', 'capella', '72bbc370'],
  ['holesky', 'phase0', '219d34fe'],
  ['holesky', 'altair', 'c4f705e4'],
]
for (const [name, last, digest] of SKIPPED) {
  test(`${name}: with ${last} as its last fork the digest is ${digest}`, () => {
    const network = networkByName(name)
    const index = network.forks.findIndex((fork) => fork.name === last)
    const { entries } = createForkSchedule({ ...network, forks: network.forks.slice(0, index + 1) })
    assert.equal(entries.at(-1)?.digestHex, digest)
  })
}

describe('digests that running devnets reported', () => {
  const digests = (...args: Parameters<typeof devnet>): [number, string][] =>
    createForkSchedule(devnet(...args)).entries.map((entry) => [entry.epoch, entry.digestHex])

  test('all forks at genesis, one entry each', () => {
    assert.deepEqual(digests([0]), [[0, '7a7b90fc']])
    assert.deepEqual(digests([0, 0, 0, 0]), [[0, '5ea0e858']])
    assert.deepEqual(digests([0, 0, 0, 0, 0]), [[0, '0c3eb3ed']])
    assert.deepEqual(digests([0, 0, 0, 0, 0, 0], [{ epoch: 0, maxBlobsPerBlock: 15 }]), [[0, 'ba0c126e']])
  })

  test('fulu at epoch 2 without an entry, then two blob forks', () => {
    const blobs = [
      { epoch: 3, maxBlobsPerBlock: 12 },
      { epoch: 4, maxBlobsPerBlock: 15 },
    ]
    assert.deepEqual(digests([0, 0, 0, 0, 0, 2], blobs), [
      [0, '0c3eb3ed'],
      [2, '0dfec04c'],
      [3, 'b26b6040'],
      [4, 'd89b6dab'],
    ])
  })

  test('one blob fork at epoch 3', () => {
    const schedule = createForkSchedule(devnet([0, 0, 0, 0, 0, 1], [{ epoch: 3, maxBlobsPerBlock: 21 }]))
    assert.equal(schedule.at(3).digestHex, '9b3f48b8')
    assert.equal(schedule.at(3).maxBlobsPerBlock, 21)
  })
})

test('forks that a lab config puts at a huge epoch stay in the schedule, unscheduled ones do not', () => {
  const never = Number.POSITIVE_INFINITY
  assert.equal(createForkSchedule(devnet([0, 0, 0, 0, 0, never])).entries.length, 1)
  assert.equal(createForkSchedule(devnet([0, 0, 0, 0, 0, 100_000_000])).entries.length, 2)
})

test('a blob row before fulu starts nothing, but is in force when fulu begins', () => {
  const early = createForkSchedule(devnet([0, 0, 0, 0, 0, 5], [{ epoch: 3, maxBlobsPerBlock: 12 }]))
  assert.deepEqual(
    early.entries.map((entry) => [entry.epoch, entry.maxBlobsPerBlock]),
    [
      [0, 9],
      [5, 12],
    ],
  )
})

test('a blob row of the same parameters as the one in force changes no digest', () => {
  const rows = [
    { epoch: 2, maxBlobsPerBlock: 12 },
    { epoch: 2, maxBlobsPerBlock: 12 },
  ]
  assert.equal(createForkSchedule(devnet([0, 0, 0, 0, 0, 2], rows)).entries.length, 2)
})

test('an unsorted blob schedule gives the same entries', () => {
  const rows = [
    { epoch: 4, maxBlobsPerBlock: 15 },
    { epoch: 3, maxBlobsPerBlock: 12 },
  ]
  const sorted = createForkSchedule(devnet([0, 0, 0, 0, 0, 2], [...rows].reverse()))
  assert.deepEqual(createForkSchedule(devnet([0, 0, 0, 0, 0, 2], rows)).entries, sorted.entries)
})

test('at, next and byDigest agree with the entries at every boundary', () => {
  const schedule = createForkSchedule(networkByName('mainnet'))
  assert.equal(schedule.at(-1).fork, 'phase0', 'before genesis the first entry')
  for (const [index, entry] of schedule.entries.entries()) {
    assert.equal(schedule.at(entry.epoch), entry)
    assert.equal(schedule.at(entry.epoch - 1), schedule.entries[Math.max(0, index - 1)])
    assert.equal(schedule.next(entry.epoch - 1), entry)
    assert.equal(schedule.next(entry.epoch), schedule.entries[index + 1])
    assert.equal(schedule.byDigest(entry.digestHex), entry)
  }
  assert.equal(schedule.byDigest('a4e6abeb'), undefined)
  assert.equal(schedule.next(Number.MAX_SAFE_INTEGER), undefined)
})

test('property: entries ascend, neighbours differ, at() is the last begun', () => {
  const epochs = fc.array(fc.nat({ max: 40 }), { minLength: 6, maxLength: 6 }).map((list) => list.sort((a, b) => a - b))
  const blobs = fc.uniqueArray(fc.record({ epoch: fc.nat({ max: 60 }), maxBlobsPerBlock: fc.nat({ max: 99 }) }), {
    selector: (row) => row.epoch,
    maxLength: 6,
  })
  fc.assert(
    fc.property(epochs, blobs, fc.nat({ max: 80 }), (forkEpochs, rows, epoch) => {
      const { entries, at } = createForkSchedule(devnet(forkEpochs, rows))
      assert.equal(entries[0]?.epoch, 0)
      for (const [index, entry] of entries.entries()) {
        const next = entries[index + 1]
        if (next !== undefined) assert.ok(entry.epoch < next.epoch && entry.digestHex !== next.digestHex)
      }
      assert.deepEqual(at(epoch), entries.filter((entry) => entry.epoch <= epoch).at(-1))
    }),
  )
})
