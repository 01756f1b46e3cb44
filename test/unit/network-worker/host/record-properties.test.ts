import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ENR } from '@chainsafe/enr'
import fc from 'fast-check'
import { decodeNodeRecord } from '../../../../src/consensus/decode-node-record.ts'
import { createForkSchedule } from '../../../../src/consensus/fork-schedule.ts'
import { ipText } from '../../../../src/consensus/node-record-addresses.ts'
import { enrFork, type FamilyEndpoint } from '../../../../src/network-worker/host/enr-fields.ts'
import { LocalEnr } from '../../../../src/network-worker/host/local-enr.ts'
import { toHex } from '../../../../src/shared/hex.ts'
import { relayNetwork } from '../../../support/relay-config.ts'
import { scratchDirectory } from './scratch-directory.ts'

const KEY = new Uint8Array(32).fill(7)
const NOW_MS = 1_700_000_000_000
/** EIP-778. */
const MAX_RECORD_BYTES = 300
const SCHEDULE = createForkSchedule(
  relayNetwork({
    blobSchedule: [
      { epoch: 10, maxBlobsPerBlock: 12 },
      { epoch: 20, maxBlobsPerBlock: 15 },
    ],
  }),
)

const port = fc.option(fc.integer({ min: 1, max: 65_535 }), { nil: undefined })
function family(ip: fc.Arbitrary<string>): fc.Arbitrary<FamilyEndpoint | undefined> {
  const endpoint = fc.record({ ip: fc.option(ip, { nil: undefined }), tcp: port, udp: port, quic: port })
  return fc.option(endpoint, { nil: undefined })
}
/** Addresses where a node can be, in their canonical form. */
function address(family: 4 | 6): fc.Arbitrary<string> {
  const length = family === 4 ? 4 : 16
  return fc
    .uint8Array({ minLength: length, maxLength: length })
    .map((bytes) => ipText(bytes, family) ?? '')
    .filter((ip) => ip !== '')
}

const content = fc.record({
  endpoint: fc.record({ v4: family(address(4)), v6: family(address(6)) }),
  epoch: fc.integer({ min: 0, max: 30 }),
  metadata: fc.record({
    seqNumber: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    attnets: fc.uint8Array({ minLength: 8, maxLength: 8 }),
    syncnets: fc.integer({ min: 0, max: 15 }).map((bits) => Uint8Array.of(bits)),
    custodyGroupCount: fc.integer({ min: 0, max: 128 }),
  }),
})

type Content = typeof content extends fc.Arbitrary<infer T> ? T : never

const NO_FAMILY: FamilyEndpoint = { ip: undefined, tcp: undefined, udp: undefined, quic: undefined }

/** Peers read what was set: `eth2` and the like are in record-schedule.test.ts. */
function says(text: string, { endpoint: { v4, v6 }, epoch, metadata }: Content): void {
  const record = decodeNodeRecord(text)
  assert.deepEqual([record.ip, record.udp, record.ip6, record.udp6], [v4?.ip, v4?.udp, v6?.ip, v6?.udp])
  for (const [ip, { tcp, quic }] of [
    [v4?.ip === undefined ? undefined : `/ip4/${v4.ip}`, v4 ?? NO_FAMILY],
    [v6?.ip === undefined ? undefined : `/ip6/${v6.ip}`, v6 ?? NO_FAMILY],
  ] as const) {
    if (ip === undefined) continue
    assert.equal(record.addresses.includes(`${ip}/tcp/${tcp}/p2p/${record.peerId}`), tcp !== undefined)
    assert.equal(record.addresses.includes(`${ip}/udp/${quic}/quic-v1/p2p/${record.peerId}`), quic !== undefined)
  }
  const { current, next } = enrFork(SCHEDULE, epoch)
  assert.deepEqual([record.forkDigestHex, record.nextForkEpoch], [current.digestHex, next?.epoch ?? Infinity])
  assert.deepEqual([record.attnetsHex, record.syncnetsHex], [toHex(metadata.attnets), toHex(metadata.syncnets)])
  assert.equal(record.custodyGroupCount, metadata.custodyGroupCount)
}

test('any run of updates and restarts: one more for each change, small enough, and it says what was set', () => {
  const steps = fc.array(fc.record({ content, isRestart: fc.boolean() }), { minLength: 1, maxLength: 6 })
  fc.assert(
    fc.property(steps, (run) => {
      using directory = scratchDirectory()
      let enr = new LocalEnr(directory.path, KEY, NOW_MS)
      let seq = BigInt(NOW_MS)
      for (const { content: set, isRestart } of run) {
        if (isRestart) enr = new LocalEnr(directory.path, KEY, NOW_MS)
        const { text } = enr
        const isChanged = enr.update(set.endpoint, enrFork(SCHEDULE, set.epoch), set.metadata)
        enr.save()
        if (isChanged) seq += 1n
        else assert.equal(enr.text, text)
        assert.equal(ENR.decodeTxt(enr.text).seq, seq)
        assert.ok(ENR.decodeTxt(enr.text).encode().length <= MAX_RECORD_BYTES)
        says(enr.text, set)
        assert.deepEqual(enr.endpoint.v6, { ...(set.endpoint.v6 ?? NO_FAMILY) })
      }
    }),
    { numRuns: 25 },
  )
})

test('the largest record there can be leaves room', () => {
  using directory = scratchDirectory()
  const enr = new LocalEnr(directory.path, KEY, NOW_MS)
  const endpoint = { tcp: 65_535, udp: 65_535, quic: 65_535 }
  const v6 = { ...endpoint, ip: 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff' }
  enr.update({ v4: { ...endpoint, ip: '255.255.255.255' }, v6 }, enrFork(SCHEDULE, 0), {
    seqNumber: 1n,
    attnets: new Uint8Array(8).fill(255),
    syncnets: Uint8Array.of(255),
    custodyGroupCount: 128,
  })
  const bytes = ENR.decodeTxt(enr.text).encode().length
  // The sequence number, of six bytes at that time, may grow by two.
  assert.ok(bytes + 2 <= MAX_RECORD_BYTES, `${bytes} bytes`)
})
