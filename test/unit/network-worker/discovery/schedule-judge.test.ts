import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createForkSchedule } from '../../../../src/consensus/fork-schedule.ts'
import { NETWORK_NAMES, networkByName } from '../../../../src/consensus/networks.ts'
import { type ForkAnnouncement, ScheduleJudge } from '../../../../src/network-worker/discovery/schedule-judge.ts'
import { recordOf } from './record-of.ts'

/** Mainnet after BPO2 (epoch 419,072), which is the last change it has. */
const EPOCH = 430_000
const mainnet = new ScheduleJudge(createForkSchedule(networkByName('mainnet')))
const FAR_FUTURE = Number.POSITIVE_INFINITY
const AGREES = { current: null, next: null }
const SILENT = { current: undefined, next: undefined }

function announced(overrides: Partial<ForkAnnouncement>): ForkAnnouncement {
  return recordOf(1, overrides)
}

test('a node on our digest with nothing ahead agrees', () => {
  assert.deepEqual(mainnet.ofRecord(announced({}), EPOCH, false), AGREES)
})

test('a change ahead that we do not know is told, by its digest and epoch', () => {
  const testimony = mainnet.ofRecord(announced({ nextForkEpoch: 440_000, nextForkDigestHex: 'abcd0123' }), EPOCH, false)
  assert.deepEqual(testimony, { current: null, next: { kind: 'next', digest: 'abcd0123', epoch: 440_000 } })
})

test('a record from before a change that we do not know tells of it after it, too', () => {
  const testimony = mainnet.ofRecord(
    announced({ nextForkEpoch: EPOCH - 5, nextForkDigestHex: 'abcd0123' }),
    EPOCH,
    false,
  )
  assert.equal(testimony?.next?.epoch, EPOCH - 5)
})

test('of a client that names no digest the epoch is enough', () => {
  for (const nextForkDigestHex of [undefined, '00000000']) {
    const testimony = mainnet.ofRecord(announced({ nextForkEpoch: 440_000, nextForkDigestHex }), EPOCH, false)
    assert.deepEqual(testimony?.next, { kind: 'next', digest: '00000000', epoch: 440_000 })
  }
})

test('changes that we know are no news, also with the digest of one and the epoch of another', () => {
  // Before BPO1 (412,672); Fulu was at 411,392 (reference/p2p.md A1.2).
  const [epoch, forkDigestHex] = [411_500, 'cc2c5cdb']
  for (const [nextForkEpoch, nextForkDigestHex] of [
    [412_672, 'cb0d1acc'],
    [412_672, '00000000'],
    [419_072, 'cb0d1acc'],
    [412_672, undefined],
  ] as const) {
    const record = announced({ forkDigestHex, nextForkEpoch, nextForkDigestHex })
    assert.deepEqual(mainnet.ofRecord(record, epoch, false), AGREES)
  }
})

test('another digest at an epoch that we know is news', () => {
  const record = announced({ forkDigestHex: 'cc2c5cdb', nextForkEpoch: 412_672, nextForkDigestHex: 'abcd0123' })
  assert.equal(mainnet.ofRecord(record, 411_500, false)?.next?.digest, 'abcd0123')
})

test('however a client writes "never", it is nothing ahead', () => {
  for (const nextForkEpoch of [FAR_FUTURE, 2 ** 64, 2 ** 63, 2 ** 53, 2 ** 32]) {
    assert.deepEqual(
      mainnet.ofRecord(announced({ nextForkEpoch, nextForkDigestHex: 'abcd0123' }), EPOCH, false),
      AGREES,
    )
  }
})

test('a node that stayed behind is ours and says nothing', () => {
  assert.deepEqual(mainnet.ofRecord(announced({ forkDigestHex: 'cc2c5cdb' }), EPOCH, false), SILENT)
})

test('an unknown digest with a fork version of our family is a fork of ours', () => {
  // Of a fork in force with us, of the next one that is only named yet, and of one that nobody has named.
  for (const nextForkVersionHex of ['06000000', '07000000', '0a000000']) {
    const testimony = mainnet.ofRecord(announced({ forkDigestHex: 'abcd0123', nextForkVersionHex }), EPOCH, false)
    assert.deepEqual(testimony, { current: { kind: 'current', digest: 'abcd0123', epoch: null }, next: undefined })
  }
})

test('no network takes another one for a fork of its own, whenever their nodes are seen', () => {
  const GNOSIS = { forkDigestHex: 'abcd0123', nextForkVersionHex: '05000064' }
  for (const name of NETWORK_NAMES) {
    const judge = new ScheduleJudge(createForkSchedule(networkByName(name)), versionsOf(name))
    assert.equal(judge.ofRecord(announced(GNOSIS), EPOCH, false), undefined)
    for (const other of NETWORK_NAMES.filter((candidate) => candidate !== name)) {
      for (const { digestHex, forkVersionHex } of createForkSchedule(networkByName(other)).entries) {
        const record = announced({ forkDigestHex: digestHex, nextForkVersionHex: forkVersionHex })
        assert.equal(judge.ofRecord(record, EPOCH, false), undefined, `${name} and ${other}`)
      }
    }
  }
})

function versionsOf(name: (typeof NETWORK_NAMES)[number]): string[] {
  return networkByName(name).forks.map(({ versionHex }) => versionHex)
}

test('an unknown digest of a node that was on ours is a fork of ours, by record and by Status', () => {
  const record = announced({ forkDigestHex: 'abcd0123', nextForkVersionHex: '99999999' })
  assert.equal(mainnet.ofRecord(record, EPOCH, false), undefined)
  assert.equal(mainnet.ofRecord(record, EPOCH, true)?.current?.digest, 'abcd0123')
  assert.equal(mainnet.ofStatus('abcd0123', EPOCH, false), undefined)
  assert.equal(mainnet.ofStatus('abcd0123', EPOCH, true)?.current?.digest, 'abcd0123')
})

test('a Status on our digest says nothing of what comes', () => {
  assert.deepEqual(mainnet.ofStatus('8c9f62fe', EPOCH, false), { current: null, next: undefined })
})

test('a network of one fork knows its family by exact versions only', () => {
  const network = {
    ...networkByName('mainnet'),
    forks: [{ name: 'phase0' as const, versionHex: '10000001', epoch: 0 }],
  }
  const [alone, named] = [[], ['20000001']].map((more) => new ScheduleJudge(createForkSchedule(network), more))
  const record = announced({ forkDigestHex: 'abcd0123', nextForkVersionHex: '20000001' })
  assert.equal(alone?.ofRecord(record, EPOCH, false), undefined)
  assert.equal(named?.ofRecord(record, EPOCH, false)?.current?.digest, 'abcd0123')
})

test('a record without eth2 is of no network', () => {
  assert.equal(mainnet.ofRecord(announced({ forkDigestHex: undefined }), EPOCH, true), undefined)
})

const hex8 = fc.stringMatching(/^[0-9a-f]{8}$/)

test('property: any announcement is judged without an exception, and never both by now and by what comes', () => {
  const announcement = fc.record({
    forkDigestHex: fc.option(fc.oneof(hex8, fc.constantFrom('8c9f62fe', 'cb0d1acc')), { nil: undefined }),
    nextForkVersionHex: fc.option(hex8, { nil: undefined }),
    nextForkEpoch: fc.option(fc.oneof(fc.nat(), fc.constant(FAR_FUTURE)), { nil: undefined }),
    nextForkDigestHex: fc.option(hex8, { nil: undefined }),
  })
  fc.assert(
    fc.property(announcement, fc.integer({ min: -10, max: 1e6 }), fc.boolean(), (record, epoch, wasOurs) => {
      const testimony = mainnet.ofRecord(record, epoch, wasOurs)
      if (testimony === undefined) return
      assert.ok(!(testimony.current && testimony.next))
      if (testimony.current) assert.equal(testimony.current.digest, record.forkDigestHex)
      if (testimony.next) assert.equal(testimony.next.epoch, record.nextForkEpoch)
    }),
  )
})
