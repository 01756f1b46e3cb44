import assert from 'node:assert/strict'
import { test } from 'node:test'
import { siblingUrl } from '../../../src/shared/worker-url.ts'

test('takes the extension of the caller: source names source, build names build', () => {
  assert.equal(siblingUrl('file:///app/src/main/relay.ts', '../net/main').href, 'file:///app/src/net/main.ts')
  assert.equal(siblingUrl('file:///app/dist/main/relay.js', '../net/main').href, 'file:///app/dist/net/main.js')
})

test('directories with odd characters and query strings do not matter', () => {
  assert.equal(siblingUrl('file:///a%20b/x.js/src/c.ts?v=1', './w').href, 'file:///a%20b/x.js/src/w.ts')
})

test('a caller of another kind is refused', () => {
  assert.throws(() => siblingUrl('file:///app/main.mjs', './w'), /neither/)
})
