import assert from 'node:assert/strict'
import { test } from 'node:test'
import { halfSipHash, halfSipKey } from '../../../../src/network-worker/gossip/half-sip-hash.ts'
import { polyHash } from '../../../../src/network-worker/gossip/poly-hash.ts'
import { sodium } from '../../../../src/shared/libsodium.ts'

/** RFC 8439, section 2.5.2. */
const KEY = Buffer.from('85d6be7857556d337f4452fe42d506a80103808afb0db2fd4abff6af4149f51b', 'hex')
const DATA = Buffer.from('Cryptographic Forum Research Group')
const TAG = Buffer.from('a8061dc1305136c6c22b8baf0c0127a9', 'hex')

test('the hash of the tag that the standard has for its example', { skip: sodium === undefined }, () => {
  assert.ok(sodium !== undefined)
  const sipKey = halfSipKey(Buffer.from('0001020304050607', 'hex'))
  assert.equal(polyHash(sodium, KEY, sipKey, DATA), halfSipHash(sipKey, TAG))
})
