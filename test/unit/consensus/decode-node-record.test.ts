import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ENR, getV4Crypto, SignableENR } from '@chainsafe/enr'
import { multiaddr } from '@multiformats/multiaddr'
import fc from 'fast-check'
import { decodeNodeRecord, MAX_RECORD_BYTES, nodeRecordOf } from '../../../src/consensus/decode-node-record.ts'
import { encodeRlp, type RlpItem } from '../../../src/consensus/rlp-encode.ts'
import { RelayError } from '../../../src/shared/errors.ts'
import type { NodeRecord } from '../../../src/shared/node-record.ts'
import { eth2Field } from '../../support/discv5-node.ts'

/** The record of EIP-778, "Test Vectors". */
const EXAMPLE =
  'enr:-IS4QHCYrYZbAKWCBRlAy5zzaDZXJBGkcnh4MHcBFZntXNFrdvJjX04jRzjzCBOonrkTfj499SZuOh8R33Ls8RRcy5wBgmlkgnY0gmlwhH8AAAGJc2VjcDI1NmsxoQPKY0yuDUmstAHYpMa2_oxVtw0RW_QAdpzBQA8yWM0xOIN1ZHCCdl8'
const SECRET_KEY = new Uint8Array(32).fill(7)
const PUBLIC_KEY = getV4Crypto().publicKey(SECRET_KEY)
const FIELDS = [
  ...['ip', 'ip6', 'udp', 'udp6', 'tcp', 'tcp6', 'quic', 'quic6'],
  ...['eth2', 'nfd', 'attnets', 'syncnets', 'cgc', 'client'],
] as const

/** A record of these pairs exactly, whatever their order and form, with a signature that fits. */
function signedPairs(pairs: readonly (readonly [string, RlpItem])[], seq: Uint8Array = Uint8Array.of(5)): string {
  const content: RlpItem[] = [seq, ...pairs.flatMap(([key, value]) => [Buffer.from(key), value])]
  const signature = new Uint8Array(getV4Crypto().sign(SECRET_KEY, encodeRlp(content)))
  return textOf(encodeRlp([signature, ...content]))
}

/** The fields in their order, with scheme and key. */
function signed(fields: Readonly<Record<string, RlpItem>>, seq?: Uint8Array): string {
  const all: Record<string, RlpItem> = { ...fields, id: Buffer.from('v4'), secp256k1: PUBLIC_KEY }
  return signedPairs(
    Object.entries(all).sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
    seq,
  )
}

function textOf(bytes: Uint8Array): string {
  return `enr:${Buffer.from(bytes).toString('base64url')}`
}

function assertRefused(text: string, reason?: RegExp): void {
  assert.throws(
    () => decodeNodeRecord(text),
    (err) => err instanceof RelayError && err.code === 'BAD_ENR' && (reason?.test(err.message) ?? true),
    text,
  )
}

/** Undefined when it is refused as it may be; any other error fails the test. */
function decodeOrRefuse(text: string): NodeRecord | undefined {
  try {
    return decodeNodeRecord(text)
  } catch (err) {
    assert.ok(err instanceof RelayError && err.code === 'BAD_ENR', String(err))
    return undefined
  }
}

function isUndefinedOr<T>(value: T | undefined, holds: (value: T) => boolean): boolean {
  return value === undefined || holds(value)
}

function assertWellFormed(record: NodeRecord): void {
  const hex = (digits: number) => (text: string) => new RegExp(`^[0-9a-f]{${digits}}$`).test(text)
  const port = (value: number) => Number.isInteger(value) && value > 0 && value < 65_536
  assert.ok(hex(64)(record.nodeIdHex))
  assert.match(record.seq, /^(0|[1-9]\d*)$/)
  assert.ok(isUndefinedOr(record.ip, (ip) => /^\d+(\.\d+){3}$/.test(ip) && ip !== '0.0.0.0'))
  assert.ok(isUndefinedOr(record.ip6, (ip) => ip.includes(':') && ip !== '::'))
  assert.ok(isUndefinedOr(record.udp, port) && isUndefinedOr(record.udp6, port))
  assert.ok(isUndefinedOr(record.forkDigestHex, hex(8)) && isUndefinedOr(record.nextForkVersionHex, hex(8)))
  assert.ok(isUndefinedOr(record.nextForkEpoch, (e) => e === Number.POSITIVE_INFINITY || Number.isSafeInteger(e)))
  assert.ok(isUndefinedOr(record.nextForkDigestHex, hex(8)) && isUndefinedOr(record.attnetsHex, hex(16)))
  assert.ok(isUndefinedOr(record.syncnetsHex, (text) => /^0[0-9a-f]$/.test(text)))
  assert.ok(isUndefinedOr(record.custodyGroupCount, (n) => Number.isInteger(n) && n >= 0 && n <= 128))
  for (const address of record.addresses) {
    const names = multiaddr(address).getComponents()
    assert.equal(multiaddr(address).toString(), address)
    assert.deepEqual([names.at(-1)?.name, names.at(-1)?.value], ['p2p', record.peerId])
  }
  assert.deepEqual(decodeNodeRecord(record.enr), record)
}

describe('decodeNodeRecord', () => {
  test('reads the record of the standard', () => {
    const record = decodeNodeRecord(EXAMPLE)
    assert.equal(record.nodeIdHex, 'a448f24c6d18e575453db13171562b71999873db5b286df957af199ec94617f7')
    assert.deepEqual([record.seq, record.ip, record.udp, record.addresses], ['1', '127.0.0.1', 30303, []])
    assert.equal(record.enr, EXAMPLE)
    assert.equal(record.forkDigestHex, undefined)
  })

  test('reads every field of the consensus layer, TCP before QUIC and IPv4 before IPv6', () => {
    const record = decodeNodeRecord(
      signed({
        ip: Uint8Array.of(1, 2, 3, 4),
        ip6: Uint8Array.of(0x20, 1, 0xd, 0xb8, ...new Array(11).fill(0), 1),
        udp: Uint8Array.of(0x23, 0x28),
        udp6: Uint8Array.of(0x23, 0x29),
        tcp: Uint8Array.of(0x23, 0x2a),
        tcp6: Uint8Array.of(0x23, 0x2b),
        quic: Uint8Array.of(0x23, 0x2c),
        quic6: Uint8Array.of(0x50),
        eth2: eth2Field('a4b5c6d7', { versionHex: '06000000', epoch: 411_392 }),
        nfd: Uint8Array.of(1, 2, 3, 4),
        attnets: new Uint8Array(8).fill(255),
        syncnets: Uint8Array.of(15),
        cgc: Uint8Array.of(128),
      }),
    )
    const { peerId } = record
    assert.deepEqual(record.addresses, [
      `/ip4/1.2.3.4/tcp/9002/p2p/${peerId}`,
      `/ip6/2001:db8::1/tcp/9003/p2p/${peerId}`,
      `/ip4/1.2.3.4/udp/9004/quic-v1/p2p/${peerId}`,
      `/ip6/2001:db8::1/udp/80/quic-v1/p2p/${peerId}`,
    ])
    assert.deepEqual([record.ip, record.udp, record.ip6, record.udp6], ['1.2.3.4', 9000, '2001:db8::1', 9001])
    assert.deepEqual([record.forkDigestHex, record.nextForkVersionHex], ['a4b5c6d7', '06000000'])
    assert.deepEqual([record.nextForkEpoch, record.nextForkDigestHex], [411_392, '01020304'])
    assert.deepEqual([record.attnetsHex, record.syncnetsHex, record.custodyGroupCount], ['f'.repeat(16), '0f', 128])
    assertWellFormed(record)
  })

  test('an epoch that never comes is Infinity', () => {
    assert.equal(decodeNodeRecord(signed({ eth2: eth2Field('a4b5c6d7') })).nextForkEpoch, Number.POSITIVE_INFINITY)
  })

  test('a client field, a list, does no harm', () => {
    const client = [Buffer.from('Lighthouse'), Buffer.from('8.0.0')]
    assertWellFormed(decodeNodeRecord(signed({ client, ip: Uint8Array.of(1, 2, 3, 4) })))
  })

  test('fields of another form are left out, one by one', () => {
    const bad: Readonly<Record<string, readonly RlpItem[]>> = {
      ip: [new Uint8Array(4), new Uint8Array(3), new Uint8Array(5).fill(1), [], Uint8Array.of(224, 0, 0, 1)],
      ip6: [new Uint8Array(16), new Uint8Array(4).fill(1), new Uint8Array(17).fill(1)],
      udp: [new Uint8Array(), Uint8Array.of(0), Uint8Array.of(0, 80), Uint8Array.of(1, 2, 3), [Uint8Array.of(1, 1)]],
      eth2: [new Uint8Array(15), new Uint8Array(17)],
      nfd: [new Uint8Array(3), new Uint8Array(5)],
      attnets: [new Uint8Array(7), new Uint8Array(9)],
      syncnets: [Uint8Array.of(16), new Uint8Array(), new Uint8Array(2)],
      cgc: [Uint8Array.of(129), Uint8Array.of(0), Uint8Array.of(1, 0)],
    }
    for (const [key, values] of Object.entries(bad)) {
      for (const value of values) {
        const { ip, ip6, udp, forkDigestHex, nextForkDigestHex, attnetsHex, syncnetsHex, custodyGroupCount } =
          decodeNodeRecord(signed({ [key]: value }))
        const read = [ip, ip6, udp, forkDigestHex, nextForkDigestHex, attnetsHex, syncnetsHex, custodyGroupCount]
        assert.deepEqual(read, new Array(8).fill(undefined), `${key} of ${JSON.stringify(value)}`)
      }
    }
    assert.equal(decodeNodeRecord(signed({ cgc: new Uint8Array() })).custodyGroupCount, 0)
  })

  test('refuses what is no record, and says why', () => {
    assertRefused('', /begin with enr:/)
    assertRefused('enode://abc', /begin with enr:/)
    assertRefused('enr:', /invalid ENR/)
    assertRefused(`${EXAMPLE}=`, /base64url/)
    assertRefused(EXAMPLE.replace('-', '+'), /base64url/)
    assertRefused(`${EXAMPLE}AAAA`, /invalid ENR/)
    assertRefused(EXAMPLE.replace('Bgmlkg', 'Cgmlkg'), /signature/)
    assertRefused(`enr:${'A'.repeat(500)}`, /over 300 bytes/)
  })

  test('a record of 300 bytes is one, a longer one is not', () => {
    const withFiller = (length: number) => signed({ zz: new Uint8Array(length).fill(1) })
    const bytesOf = (text: string) => Buffer.from(text.slice(4), 'base64url').length
    const filler = 170 + MAX_RECORD_BYTES - bytesOf(withFiller(170))
    assert.equal(bytesOf(withFiller(filler)), MAX_RECORD_BYTES)
    assertWellFormed(decodeNodeRecord(withFiller(filler)))
    assertRefused(withFiller(filler + 1), /over 300 bytes/)
  })

  test('keys out of order or twice are refused though they are signed', () => {
    const id = ['id', Buffer.from('v4')] as const
    const key = ['secp256k1', PUBLIC_KEY] as const
    const ip = ['ip', Uint8Array.of(1, 2, 3, 4)] as const
    assertWellFormed(decodeNodeRecord(signedPairs([id, ip, key])))
    assertRefused(signedPairs([ip, id, key]), /canonical/)
    assertRefused(signedPairs([id, ip, ip, key]), /canonical/)
  })

  test('a sequence number of 64 bits is exact, one of 65 is refused, so are leading zeros', () => {
    assert.equal(decodeNodeRecord(signed({}, new Uint8Array(8).fill(255))).seq, '18446744073709551615')
    assertRefused(signed({}, Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 0)), /64 bits/)
    assertRefused(signed({}, Uint8Array.of(0, 5)), /canonical/)
  })

  test('a record from the wire, of which the library kept no bytes, reads the same', () => {
    const text = signed({ ip: Uint8Array.of(1, 2, 3, 4), client: [Buffer.from('a')] }, new Uint8Array(8).fill(254))
    const { kvs, seq, signature } = ENR.decodeTxt(text)
    assert.deepEqual(nodeRecordOf(new ENR(kvs, seq, signature)), decodeNodeRecord(text))
    assert.throws(() => nodeRecordOf(new ENR(kvs, seq + 1n, signature)), { code: 'BAD_ENR' })
  })

  test('property: random text and bytes are refused, with nothing but BAD_ENR', () => {
    fc.assert(fc.property(fc.string(), (text) => decodeOrRefuse(text) === undefined))
    fc.assert(fc.property(fc.string(), (text) => decodeOrRefuse(`enr:${text}`) === undefined))
    fc.assert(fc.property(fc.uint8Array({ maxLength: 320 }), (bytes) => decodeOrRefuse(textOf(bytes)) === undefined))
  })

  test('property: random RLP is refused, with nothing but BAD_ENR', () => {
    const { item } = fc.letrec<{ item: RlpItem; list: RlpItem[] }>((tie) => ({
      item: fc.oneof({ maxDepth: 4 }, fc.uint8Array({ maxLength: 40 }), tie('list')),
      list: fc.array(tie('item'), { maxLength: 6 }),
    }))
    fc.assert(fc.property(item, (value) => decodeOrRefuse(textOf(encodeRlp(value))) === undefined))
  })

  test('property: a valid record with one bit turned is refused', () => {
    const bytes = Buffer.from(EXAMPLE.slice(4), 'base64url')
    fc.assert(
      fc.property(fc.nat(bytes.length * 8 - 1), (bit) => {
        const turned = Buffer.from(bytes)
        turned[bit >> 3] = (turned[bit >> 3] ?? 0) ^ (1 << (bit & 7))
        return decodeOrRefuse(textOf(turned)) === undefined
      }),
      { numRuns: 300 },
    )
  })

  test('property: whatever a signer puts into the fields, none of another form gets through', () => {
    const value: fc.Arbitrary<RlpItem> = fc.oneof(
      ...[1, 2, 4, 8, 16].map((length) => fc.uint8Array({ minLength: length, maxLength: length })),
      fc.uint8Array({ maxLength: 18 }),
      fc.array(fc.uint8Array({ maxLength: 3 }), { maxLength: 2 }),
    )
    const fields = fc.dictionary(fc.constantFrom(...FIELDS), value, { maxKeys: 7 })
    const seq = fc.uint8Array({ maxLength: 9 })
    let read = 0
    fc.assert(
      fc.property(fields, seq, (pairs, sequence) => {
        const record = decodeOrRefuse(signed(pairs, sequence))
        if (record === undefined) return
        read++
        assertWellFormed(record)
      }),
      { numRuns: 300 },
    )
    assert.ok(read > 100, `${read} of them were records`)
  })

  test('property: what the library signs is read back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.nat(), (key, seq) => {
        fc.pre(key.some((byte) => byte !== 0) && key[0] !== 255)
        const record = SignableENR.createV4(key)
        record.ip = '10.1.2.3'
        record.tcp = 9000
        record.seq = BigInt(seq) + 1n
        const read = decodeNodeRecord(record.encodeTxt())
        assert.deepEqual([read.nodeIdHex, read.seq], [record.nodeId, String(seq + 1)])
        assert.deepEqual(read.addresses, [`/ip4/10.1.2.3/tcp/9000/p2p/${record.peerId.toString()}`])
      }),
      { numRuns: 30 },
    )
  })
})
