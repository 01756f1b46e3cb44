/** Our reader of RPCs against upstream's codec: equal on whatever that one writes, and harmless on everything else. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RPC } from '@chainsafe/libp2p-gossipsub/message'
import fc from 'fast-check'
import { TopicNames } from '../../../../../src/network-worker/gossip/topics/topic-names.ts'
import { joinRpcs, prefixWithLength } from '../../../../../src/network-worker/gossip/wire/length-prefix.ts'
import { decodeRpc } from '../../../../../src/network-worker/gossip/wire/rpc-decoder.ts'

const KNOWN_TOPIC = '/eth2/01020304/beacon_attestation_7/ssz_snappy'

function names(): TopicNames {
  const known = new TopicNames()
  known.add(KNOWN_TOPIC)
  return known
}

const bytes = fc.uint8Array({ maxLength: 300 })
/** Of Ethereum, and others. */
const ids = fc.array(fc.oneof(fc.uint8Array({ minLength: 20, maxLength: 20 }), bytes), { maxLength: 4 })
const topic = fc.oneof(fc.constant(KNOWN_TOPIC), fc.string({ unit: 'grapheme', maxLength: 80 }))
const some = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined })
const listOf = <T>(value: fc.Arbitrary<T>) => fc.array(value, { maxLength: 4 })
const message = fc.record({
  ...{ from: some(bytes), data: some(bytes), seqno: some(bytes), topic },
  ...{ signature: some(bytes), key: some(bytes) },
})
const control = fc.record({
  ihave: listOf(fc.record({ topicID: some(topic), messageIDs: ids })),
  iwant: listOf(fc.record({ messageIDs: ids })),
  graft: listOf(fc.record({ topicID: some(topic) })),
  prune: listOf(fc.record({ topicID: some(topic), peers: listOf(fc.record({})), backoff: some(fc.nat()) })),
  idontwant: listOf(fc.record({ messageIDs: ids })),
})
const rpc = fc.record({
  subscriptions: listOf(fc.record({ subscribe: some(fc.boolean()), topic: some(topic) })),
  messages: listOf(message),
  control: some(control),
}) as fc.Arbitrary<RPC>

test('what upstream writes is read as upstream reads it', () => {
  fc.assert(
    fc.property(rpc, (value) => {
      const encoded = RPC.encode(value)
      assert.deepEqual(plain(decodeRpc(encoded, names())), asUpstream(encoded))
    }),
    { numRuns: 400 },
  )
})

test('so is what says IDONTWANT and nothing else, and what is almost that', () => {
  const unwanted = fc.record({
    ihave: fc.constant([]),
    iwant: fc.constant([]),
    graft: fc.constant([]),
    prune: fc.constant([]),
    idontwant: listOf(fc.record({ messageIDs: ids })),
  })
  const parts = fc.array(fc.oneof(unwanted, control), { minLength: 1, maxLength: 3 })
  const extra = fc
    .constantFrom([], [0x78, 1], [0x32, 1, 0], [0x2a, 0], [0x2a, 2, 0x12, 0])
    .map((list) => Uint8Array.from(list))
  fc.assert(
    fc.property(parts, extra, (controls, behind) => {
      // Parts of one control message, one after the other: what they say is put together.
      const inner = Buffer.concat([...controls.map((one) => RPC.ControlMessage.encode(one as never)), behind])
      const encoded = Uint8Array.from(
        Buffer.concat([[0x1a], prefixWithLength(inner)].map((list) => Uint8Array.from(list))),
      )
      assert.deepEqual(plain(decodeRpc(encoded, names())), asUpstream(encoded))
    }),
    { numRuns: 400 },
  )
})

test('RPCs one after the other are one with the messages and subscriptions of all', () => {
  fc.assert(
    fc.property(fc.array(rpc, { minLength: 1, maxLength: 5 }), (parts) => {
      const encoded = Buffer.concat(parts.map((part) => RPC.encode(part)))
      assert.deepEqual(plain(decodeRpc(encoded, names())), asUpstream(encoded))
    }),
  )
})

test('fields that nobody knows are passed over, wherever they are', () => {
  const unknown = fc.constantFrom(
    ...[
      [0x78, 1],
      [0x7d, 1, 2, 3, 4],
      [0x79, 1, 2, 3, 4, 5, 6, 7, 8],
      [0x7a, 2, 9, 9],
    ].map((list) => Uint8Array.from(list)),
  )
  fc.assert(
    fc.property(rpc, unknown, unknown, (value, before, after) => {
      const encoded = RPC.encode(value)
      const mixed = Buffer.concat([before, encoded, after])
      assert.deepEqual(plain(decodeRpc(mixed, names())), asUpstream(encoded))
    }),
  )
})

test('garbage is an error, or an RPC that lies within its bytes', () => {
  const broken = fc.tuple(rpc, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 5 }), fc.nat(20)).map(cut)
  fc.assert(
    fc.property(fc.oneof(broken, fc.uint8Array({ maxLength: 200 })), (encoded) => {
      let decoded: RPC
      try {
        decoded = decodeRpc(encoded, names())
      } catch (error) {
        assert.ok(error instanceof Error)
        return
      }
      const total = decoded.messages.reduce((sum, { data }) => sum + (data?.length ?? 0), 0)
      assert.ok(total <= encoded.length)
      for (const { data } of decoded.messages) assert.ok(data === undefined || data.buffer === encoded.buffer)
    }),
    { numRuns: 1000 },
  )
})

test('a list longer than allowed is told from bytes that are no RPC', () => {
  const many = (count: number): Uint8Array =>
    RPC.encode({ subscriptions: [], messages: Array.from({ length: count }, () => ({ topic: 't' })) })
  assert.equal(decodeRpc(many(5000), names()).messages.length, 5000)
  assert.throws(() => decodeRpc(many(5001), names()), { name: 'MaxLengthError' })
  const subscriptions = Array.from({ length: 5001 }, () => ({ subscribe: true, topic: 't' }))
  assert.throws(() => decodeRpc(RPC.encode({ subscriptions, messages: [] }), names()), { name: 'MaxLengthError' })
  const idontwant = [{ messageIDs: Array.from({ length: 513 }, () => new Uint8Array(20)) }]
  const control = { ihave: [], iwant: [], graft: [], prune: [], idontwant }
  assert.throws(() => decodeRpc(RPC.encode({ subscriptions: [], messages: [], control }), names()), {
    name: 'MaxLengthError',
  })
  assert.throws(
    () => decodeRpc(new Uint8Array(40).fill(0xff), names()),
    (error) => error instanceof Error && error.name === 'Error',
  )
})

/** A field of protobuf with bytes in it. */
function field(number: number, content: Uint8Array): Uint8Array {
  return new Uint8Array(Buffer.concat([Uint8Array.of(number * 8 + 2), prefixWithLength(content)]))
}

function repeated(unit: Uint8Array, count: number): Uint8Array {
  const all = new Uint8Array(unit.length * count)
  for (let at = 0; at < count; at++) all.set(unit, at * unit.length)
  return all
}

for (const [name, list, id] of [
  ['IHAVE', 1, 2],
  ['IWANT', 2, 1],
  ['IDONTWANT', 5, 1],
] as const) {
  test(`empty ids of ${name} without end are refused before they are read; as many as anybody needs are not`, () => {
    const listOf = field(list, repeated(field(id, new Uint8Array()), 500))
    const few = decodeRpc(field(3, repeated(listOf, 131)), names())
    assert.equal(few.control?.idontwant.length, list === 5 ? 131 : 0)
    const many = field(3, repeated(listOf, 4000))
    const heapBytes = process.memoryUsage().heapUsed
    assert.throws(() => decodeRpc(many, names()), { name: 'MaxLengthError' })
    assert.ok(process.memoryUsage().heapUsed - heapBytes < 20_000_000)
  })
}

test('control messages without end are refused, empty or not; some are not', () => {
  for (const control of [new Uint8Array(), field(1, new Uint8Array())]) {
    const one = field(3, control)
    assert.notEqual(decodeRpc(repeated(one, 16), names()).control, undefined)
    assert.throws(() => decodeRpc(repeated(one, 17), names()), { name: 'MaxLengthError' })
  }
})

test('a message that runs past its own end is refused, though the RPC goes on', () => {
  const encoded = RPC.encode({ subscriptions: [], messages: [{ topic: 'a', data: new Uint8Array(10) }] })
  const long = joinRpcs([encoded, encoded]).slice(1)
  // The length of the first payload: past the end of its message, and within the RPC.
  long[3] = 20
  assert.throws(() => decodeRpc(long, names()))
})

test('a tag or a length of more than 32 bits is not taken for its low ones', () => {
  // The tag of a message and the length 3, each with a bit above the 32nd.
  const highTag = [0x92, 0x80, 0x80, 0x80, 0x10]
  const highLength = [0x83, 0x80, 0x80, 0x80, 0x10]
  const body = [0x22, 1, 0x74]
  assert.equal(decodeRpc(Uint8Array.from([0x12, 3, ...body]), names()).messages[0]?.topic, 't')
  assert.throws(() => decodeRpc(Uint8Array.from([...highTag, 3, ...body]), names()))
  assert.throws(() => decodeRpc(Uint8Array.from([0x12, ...highLength, ...body]), names()))
})

test('the name of a topic that we are in is one string, and is forgotten with the topic', () => {
  const known = names()
  const encoded = RPC.encode({ subscriptions: [], messages: [{ topic: KNOWN_TOPIC }] })
  assert.equal(decodeRpc(encoded, known).messages[0]?.topic, KNOWN_TOPIC)
  known.remove(KNOWN_TOPIC)
  assert.equal(decodeRpc(encoded, known).messages[0]?.topic, KNOWN_TOPIC)
  known.add('/other')
  assert.equal(decodeRpc(encoded, known).messages[0]?.topic, KNOWN_TOPIC)
})

test('a name with a byte order mark before it is another name', () => {
  const encoded = RPC.encode({ subscriptions: [], messages: [{ topic: `\ufeff${KNOWN_TOPIC}` }] })
  assert.equal(decodeRpc(encoded, names()).messages[0]?.topic, `\ufeff${KNOWN_TOPIC}`)
})

/** Changes some bytes and cuts the end off. */
function cut([value, changes, less]: [RPC, (readonly [number, number])[], number]): Uint8Array {
  const encoded = new Uint8Array(RPC.encode(value))
  for (const [at, byte] of changes) if (encoded.length > 0) encoded[at % encoded.length] = byte
  return encoded.slice(0, Math.max(0, encoded.length - less))
}

/** What upstream reads, but for ids that are not as long as Ethereum's. */
function asUpstream(encoded: Uint8Array): unknown {
  const decoded = RPC.decode(encoded)
  const { ihave = [], iwant = [], idontwant = [] } = decoded.control ?? {}
  for (const list of [...ihave, ...iwant, ...idontwant]) {
    list.messageIDs = list.messageIDs.filter(({ length }) => length === 20)
  }
  return plain(decoded)
}

/** Without what tells views, buffers and their origin apart. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex')
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, plain(field)]))
}
