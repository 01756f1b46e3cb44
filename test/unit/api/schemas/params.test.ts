import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parsePeerId, parseSyncingStatus, parseTopicParam } from '../../../../src/api/schemas/params.ts'
import { base58Text } from '../../config/base58-text.ts'
import { outcome } from './outcome.ts'

test('parsePeerId takes every SHA-256 multihash in base58, and hardly any other text of its letters', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (hash) => {
      const id = base58Text(Uint8Array.of(0x12, 32, ...hash))
      assert.deepEqual(
        outcome(() => parsePeerId(id)),
        { value: id },
      )
    }),
  )
  const base58 = fc.constantFrom(...'123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz')
  fc.assert(
    fc.property(
      // What begins with Qm is a SHA-256 multihash when it has 46 letters.
      fc.constantFrom('1', 'Q1', 'Qz', '2', 'b', 'k'),
      fc.string({ unit: base58, minLength: 40, maxLength: 70 }),
      (first, rest) => {
        assert.deepEqual(
          outcome(() => parsePeerId(`${first}${rest}`)),
          { code: 'BAD_PEER_ID', message: 'invalid peer id' },
        )
      },
    ),
  )
  fc.assert(
    fc.property(fc.anything(), (value) => {
      if (typeof value !== 'string') assert.ok('code' in outcome(() => parsePeerId(value)))
    }),
  )
})

test('parsePeerId refuses the letters base58 leaves out, and line ends around a good id', () => {
  const id = '16Uiu2HAm4MqAN66Ey9CqUbSpSTCsEKHkYJH1h7oYrg8XDGXTMskH'
  assert.equal(parsePeerId(id), id)
  assert.equal(
    parsePeerId('QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG'),
    'QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG',
  )
  assert.equal(parsePeerId('12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA').length, 52)
  for (const bad of ['0', 'O', 'I', 'l', ' ', '\n', '\0', 'é']) {
    assert.throws(() => parsePeerId(`${id.slice(1)}${bad}`), { code: 'BAD_PEER_ID' })
  }
  assert.throws(() => parsePeerId(`${id}\n`), { code: 'BAD_PEER_ID' })
})

test('parseTopicParam takes a topic in its exact form, and refuses everything else with BAD_TOPIC', () => {
  const topic = '/eth2/a4e6abeb/beacon_block/ssz_snappy'
  for (const good of [
    topic,
    '/eth2/00000000/data_column_sidecar_127/ssz_snappy',
    `/eth2/ffffffff/${'a'.repeat(64)}/ssz_snappy`,
  ]) {
    assert.equal(parseTopicParam(good), good)
  }
  const bad = [
    topic.slice(1),
    `/${topic}`,
    `${topic}/`,
    `${topic}\n`,
    `${topic}\0`,
    ` ${topic}`,
    encodeURIComponent(topic),
    topic.toUpperCase(),
    topic.replace('a4e6abeb', 'A4E6ABEB'),
    topic.replace('a4e6abeb', '0xa4e6abeb'),
    topic.replace('a4e6abeb', 'a4e6abe'),
    topic.replace('beacon_block', ''),
    topic.replace('beacon_block', 'beacon-block'),
    topic.replace('beacon_block', 'beacon_block/..'),
    topic.replace('beacon_block', 'é'),
    topic.replace('beacon_block', 'a'.repeat(65)),
    topic.replace('ssz_snappy', 'ssz'),
    'beacon_block',
    '',
  ]
  for (const text of bad)
    assert.throws(() => parseTopicParam(text), { code: 'BAD_TOPIC', message: 'invalid topic' }, text)
  fc.assert(
    fc.property(
      fc.oneof(fc.anything(), fc.string(), fc.stringMatching(/^\/eth2\/[0-9a-g]{8}\/[a-z_]+\/ssz_snappy$/)),
      (value) => {
        const result = outcome(() => parseTopicParam(value))
        if ('code' in result) assert.equal(result.code, 'BAD_TOPIC')
        else assert.match(result.value, /^\/eth2\/[0-9a-f]{8}\/[a-z0-9_]+\/ssz_snappy$/)
      },
    ),
  )
})

test('parseSyncingStatus takes exactly 100 to 599', () => {
  assert.equal(parseSyncingStatus(undefined), undefined)
  for (let status = 0; status < 1_000; status++) {
    const valid = status >= 100 && status < 600
    assert.equal('value' in outcome(() => parseSyncingStatus(String(status))), valid, String(status))
  }
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.array(fc.string()), fc.anything()), (param) => {
      const result = outcome(() => parseSyncingStatus(param))
      if ('code' in result) assert.equal(result.code, 'BAD_REQUEST')
      else assert.ok(result.value === undefined || (result.value >= 100 && result.value <= 599))
    }),
  )
})
