import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { describeEnr, type EnrDescription } from '../../../src/cli/describe-enr.ts'
import { enrWords } from '../../../src/cli/enr-words.ts'
import { knownForks } from '../../../src/cli/known-forks.ts'
import { columnsOfGroups, custodyGroups } from '../../../src/consensus/custody.ts'
import { createForkSchedule } from '../../../src/consensus/fork-schedule.ts'
import { mainnet } from '../../../src/consensus/networks/mainnet.ts'
import { RelayError } from '../../../src/shared/errors.ts'
import { fromHex } from '../../../src/shared/hex.ts'
import { bytes, PEER_ID, signedRecord, text } from './records.ts'

const FORKS = knownForks(mainnet)
const FAR_FUTURE = 'ffffffffffffffff'
const FULU = createForkSchedule(mainnet).at(412_000)
const BIGGER = createForkSchedule(mainnet).at(413_000)

function u64le(value: number): string {
  const buffer = Buffer.alloc(8)
  buffer.writeBigUInt64LE(BigInt(value))
  return buffer.toString('hex')
}

function describe(fields: Readonly<Record<string, unknown>>): EnrDescription {
  return describeEnr(signedRecord(fields), FORKS)
}

test('every field of a relay’s record, as data', () => {
  const record = describe({
    ip: bytes('c0000201'),
    tcp: bytes('2328'),
    quic: bytes('2329'),
    udp: bytes('2328'),
    ip6: bytes('20010db8000000000000000000000001'),
    udp6: bytes('01'),
    eth2: bytes(`${FULU.digestHex}${BIGGER.forkVersionHex}${u64le(BIGGER.epoch)}`),
    nfd: bytes(BIGGER.digestHex),
    attnets: bytes('0300000000000080'),
    syncnets: bytes('08'),
    cgc: bytes('04'),
    client: [text('Starling'), text('0.1.0')],
    later: bytes('cafe'),
    list: [text('a'), [text('b')]],
  })
  assert.deepEqual([record.peer_id, record.seq, record.ip, record.ip6], [PEER_ID, '9', '192.0.2.1', '2001:db8::1'])
  assert.deepEqual(record.ports, { tcp: 9000, quic: 9001, udp: 9000, tcp6: null, quic6: null, udp6: 1 })
  assert.deepEqual(record.p2p_addresses, [
    `/ip4/192.0.2.1/tcp/9000/p2p/${PEER_ID}`,
    `/ip4/192.0.2.1/udp/9001/quic-v1/p2p/${PEER_ID}`,
  ])
  assert.deepEqual(record.discovery_addresses, [
    `/ip4/192.0.2.1/udp/9000/p2p/${PEER_ID}`,
    `/ip6/2001:db8::1/udp/1/p2p/${PEER_ID}`,
  ])
  assert.equal(record.fork_digest, `0x${FULU.digestHex}`)
  assert.deepEqual(record.known_as, { network: 'mainnet', fork: 'fulu', epoch: 411_392, max_blobs_per_block: 9 })
  const bigger = { network: 'mainnet', fork: 'fulu', epoch: 412_672, max_blobs_per_block: 15 }
  assert.deepEqual(record.next_fork, { version: '0x06000000', epoch: 412_672, known_as: bigger })
  assert.deepEqual([record.attnets, record.syncnets], [[0, 1, 63], [3]])
  assert.equal(record.custody_group_count, 4)
  assert.deepEqual(record.custody_columns, columnsOfGroups(custodyGroups(fromHex(record.node_id, 32), 4)))
  assert.deepEqual(record.client, { name: 'Starling', version: '0.1.0', build: null })
  assert.deepEqual([record.malformed, record.other], [{}, { later: '0xcafe', list: '0xc361c162' }])
})

test('a record that says nothing is nulls and empty lists', () => {
  const { peer_id, enr, node_id, seq, ports, ...rest } = describe({})
  assert.ok(Object.values(ports).every((port) => port === null))
  assert.deepEqual(rest, {
    ip: null,
    ip6: null,
    p2p_addresses: [],
    discovery_addresses: [],
    fork_digest: null,
    known_as: null,
    next_fork: null,
    next_fork_digest: null,
    attnets: null,
    syncnets: null,
    custody_group_count: null,
    custody_columns: null,
    client: null,
    malformed: {},
    other: {},
  })
})

test('fields of the wrong form are told apart from fields that nobody specified', () => {
  const { malformed, other, ports } = describe({
    tcp: bytes('012328'),
    udp: bytes('00'),
    eth2: bytes('0102'),
    syncnets: bytes('f0'),
    cgc: bytes('ff'),
    client: text('Starling'),
    secret: bytes(''),
    constructor: bytes('aa'),
    valueOf: bytes('bb'),
  })
  assert.deepEqual([ports.tcp, ports.udp], [null, null])
  assert.deepEqual(malformed, {
    tcp: '0x012328',
    udp: '0x00',
    eth2: '0x0102',
    syncnets: '0xf0',
    cgc: '0xff',
    client: `0x${Buffer.from('Starling').toString('hex')}`,
  })
  assert.deepEqual(other, { constructor: '0xaa', secret: '0x', valueOf: '0xbb' })
})

test('without a next fork there is none; one of no schedule has no name; before Fulu the epoch and version name it', () => {
  const none = describe({ eth2: bytes(`${FULU.digestHex}06000000${FAR_FUTURE}`), nfd: bytes('00000000') })
  assert.deepEqual([none.next_fork, none.next_fork_digest], [null, '0x00000000'])
  const unknown = describe({ eth2: bytes(`${FULU.digestHex}09000000${u64le(500_000)}`), nfd: bytes('01020304') })
  assert.deepEqual(unknown.next_fork, { version: '0x09000000', epoch: 500_000, known_as: null })
  const electra = createForkSchedule(mainnet).at(364_032)
  const old = describe({ eth2: bytes(`${electra.digestHex}06000000${u64le(411_392)}`) })
  assert.equal(old.next_fork?.known_as?.fork, 'fulu')
  const stranger = describe({ eth2: bytes(`0102030406000000${u64le(411_392)}`) })
  assert.deepEqual([stranger.known_as, stranger.next_fork?.known_as], [null, null])
})

test('the own network comes before those known by name', () => {
  const devnet = { ...mainnet, name: 'devnet' }
  const record = describeEnr(
    signedRecord({ eth2: bytes(`${FULU.digestHex}06000000${FAR_FUTURE}`) }),
    knownForks(devnet),
  )
  assert.equal(record.known_as?.network, 'devnet')
})

test('the records of the networks’ bootnodes are explained, none with anything left over', () => {
  for (const bootnode of mainnet.bootnodes) {
    const record = describeEnr(bootnode, FORKS)
    assert.deepEqual(record.malformed, {}, bootnode)
    assert.equal(record.enr, bootnode)
  }
})

test('whatever the text, it is explained or refused with a reason', () => {
  const [bootnode = ''] = mainnet.bootnodes
  const spoilt = fc
    .tuple(fc.nat(bootnode.length - 1), fc.string({ maxLength: 2 }))
    .map(([at, put]) => bootnode.slice(0, at) + put + bootnode.slice(at + 1))
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        spoilt,
        fc.string().map((tail) => `enr:${tail}`),
      ),
      (any) => {
        try {
          describeEnr(any, FORKS)
        } catch (cause) {
          assert.ok(
            cause instanceof RelayError && cause.code === 'BAD_ENR' && cause.message.startsWith('invalid ENR: '),
          )
        }
      },
    ),
    { numRuns: 300 },
  )
})

/** A record has 300 bytes at most; signature, sequence number, identity scheme and key take half of them. */
const ROOM_BYTES = 140

/** Bytes of nested lists, with more than they need for the lengths before them. */
function sizeOf(value: unknown): number {
  if (value instanceof Uint8Array) return value.length + 2
  if (typeof value === 'string') return value.length + 2
  return Array.isArray(value) ? value.reduce<number>((sum, one) => sum + sizeOf(one), 3) : 0
}

test('whatever strangers sign, it is explained, and a terminal can show every character', () => {
  const keys = ['ip', 'ip6', 'tcp', 'udp', 'quic', 'eth2', 'nfd', 'attnets', 'syncnets', 'cgc', 'client', '\u001b[2J']
  const value = fc.uint8Array({ maxLength: 17 })
  const words = fc.array(fc.oneof(value, fc.string({ unit: 'binary', maxLength: 6 }).map(text)), { maxLength: 4 })
  const fields = fc.dictionary(fc.constantFrom(...keys), fc.oneof(value, words), { maxKeys: 5 })
  fc.assert(
    fc.property(fields, (any) => {
      fc.pre(sizeOf(Object.entries(any)) <= ROOM_BYTES) // longer ones cannot be signed
      const record = describe(any)
      assert.deepEqual(JSON.parse(JSON.stringify(record)), record)
      for (const line of enrWords(record).split('\n')) assert.match(line, /^[\x20-\x7e]*$/)
      const shown = new Set([...Object.keys(record.malformed), ...Object.keys(record.other)])
      for (const key of Object.keys(any)) assert.ok(shown.has(key) || keys.indexOf(key) < 11, key)
    }),
    { numRuns: 300 },
  )
})
