import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ENR } from '@chainsafe/enr'
import { createForkSchedule } from '../../../../src/consensus/fork-schedule.ts'
import type { NetworkConfig } from '../../../../src/consensus/network-config.ts'
import { FakeClock } from '../../../support/fake-clock.ts'
import { relayNetwork } from '../../../support/relay-config.ts'
import { localNode } from './local-node.ts'
import { scratchDirectory } from './scratch-directory.ts'

const GENESIS_SECONDS = 1_700_000_000
/** What the sequence numbers of a record that is begun then count from. */
const BEGUN = BigInt(GENESIS_SECONDS * 1000)
const EPOCH_MS = 4000
/** Peers shall have the new record within this of a boundary. */
const SOON_MS = 300

/** Electra at genesis, then a schedule of one's own; epochs of four seconds. */
function network(forkEpochs: { fulu: number; gloas: number }, blobSchedule: NetworkConfig['blobSchedule']) {
  const base = relayNetwork({
    genesisTimeSeconds: GENESIS_SECONDS,
    slotDurationMs: 1000,
    slotsPerEpoch: 4,
    blobSchedule,
  })
  const forks = [
    ...base.forks.filter(({ name }) => name !== 'fulu'),
    { name: 'fulu' as const, versionHex: '70000099', epoch: forkEpochs.fulu },
    { name: 'gloas' as const, versionHex: '80000099', epoch: forkEpochs.gloas },
  ]
  return { ...base, forks }
}

/** What a peer reads in a record of the fork: digest, next version, next epoch, next digest; with the sequence number. */
function forkOf(text: string) {
  const { kvs, seq } = ENR.decodeTxt(text)
  const eth2 = Buffer.from(kvs.get('eth2') ?? [])
  const nfd = kvs.get('nfd')
  return {
    digest: eth2.toString('hex', 0, 4),
    version: eth2.toString('hex', 4, 8),
    epoch: eth2.readBigUInt64LE(8),
    nfd: nfd === undefined ? undefined : Buffer.from(nfd).toString('hex'),
    seq,
  }
}

const FAR_FUTURE = 2n ** 64n - 1n

test('the record is signed anew at each fork and each blob-parameter change, at once and only then', () => {
  using directory = scratchDirectory()
  const schedule = network({ fulu: 2, gloas: 8 }, [
    { epoch: 4, maxBlobsPerBlock: 12 },
    { epoch: 6, maxBlobsPerBlock: 15 },
  ])
  const { entries } = createForkSchedule(schedule)
  const [electra, fulu, bpo1, bpo2, gloas] = entries.map(({ digestHex }) => digestHex)
  const clock = new FakeClock(GENESIS_SECONDS * 1000)
  const { info, told, start } = localNode(directory.path, { network: schedule }, clock)
  start()
  // From here on each epoch is looked at just after its beginning.
  clock.advance(SOON_MS)
  const seen = [forkOf(info.view().enr)]
  for (let epoch = 1; epoch <= 9; epoch++) {
    clock.advance(EPOCH_MS - SOON_MS - 1)
    assert.equal(told.length, seen.length, `nothing within the epoch before ${epoch}`)
    clock.advance(1 + SOON_MS)
    if (told.length > seen.length) seen.push(forkOf(told.at(-1) ?? ''))
    assert.equal(told.at(-1), info.view().enr)
  }
  assert.deepEqual(seen, [
    { digest: electra, version: '70000099', epoch: 2n, nfd: fulu, seq: BEGUN + 1n },
    { digest: fulu, version: '70000099', epoch: 4n, nfd: bpo1, seq: BEGUN + 2n },
    { digest: bpo1, version: '70000099', epoch: 6n, nfd: bpo2, seq: BEGUN + 3n },
    { digest: bpo2, version: '80000099', epoch: 8n, nfd: gloas, seq: BEGUN + 4n },
    { digest: gloas, version: '80000099', epoch: FAR_FUTURE, nfd: '00000000', seq: BEGUN + 5n },
  ])
})

test('before Fulu has a date the record says neither custody nor a next digest', () => {
  using directory = scratchDirectory()
  const schedule = network({ fulu: Number.POSITIVE_INFINITY, gloas: Number.POSITIVE_INFINITY }, [])
  const clock = new FakeClock(GENESIS_SECONDS * 1000)
  const { info, start } = localNode(directory.path, { network: schedule }, clock)
  start()
  const { enr } = info.view()
  const [electra] = createForkSchedule(schedule).entries
  assert.deepEqual(forkOf(enr), {
    digest: electra?.digestHex,
    version: '60000099',
    epoch: FAR_FUTURE,
    nfd: undefined,
    seq: BEGUN + 1n,
  })
  assert.ok(!ENR.decodeTxt(enr).kvs.has('cgc'))
})

test('with Fulu ahead, both are there from the start', () => {
  using directory = scratchDirectory()
  const schedule = network({ fulu: 100, gloas: Number.POSITIVE_INFINITY }, [])
  const { info, start } = localNode(directory.path, { network: schedule }, new FakeClock(GENESIS_SECONDS * 1000))
  start()
  const { kvs } = ENR.decodeTxt(info.view().enr)
  assert.deepEqual([...(kvs.get('cgc') ?? [])], [4])
  assert.equal(Buffer.from(kvs.get('nfd') ?? []).toString('hex'), createForkSchedule(schedule).entries[1]?.digestHex)
})

test('backbone subnets that rotate are in the record at once', () => {
  using directory = scratchDirectory()
  const clock = new FakeClock(GENESIS_SECONDS * 1000)
  const schedule = network({ fulu: 0, gloas: Number.POSITIVE_INFINITY }, [])
  const overrides = { network: schedule, attestationSubnets: 'backbone' as const }
  const { info, told, start } = localNode(directory.path, overrides, clock)
  start()
  for (let epoch = 0; epoch < 300; epoch++) clock.advance(EPOCH_MS)
  const records = told.map((text) => ENR.decodeTxt(text))
  assert.deepEqual(
    records.map(({ seq }) => seq),
    [BEGUN + 1n, BEGUN + 2n],
  )
  const attnets = records.map(({ kvs }) => `0x${Buffer.from(kvs.get('attnets') ?? []).toString('hex')}`)
  assert.notEqual(attnets[0], attnets[1])
  assert.equal(info.view().metadata.attnets, attnets[1])
})
