import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startHarness } from './api-harness.ts'
import { PEER_A, RelayDouble } from './relay-double.ts'

const FOREIGN = [
  'evil.example',
  'evil.example:5052',
  'localhost.evil.example',
  '127.0.0.1.evil.example',
  '2130706433',
  '0x7f.1',
  '127.1',
]
const OWN = [
  'localhost',
  'LOCALHOST:5052',
  'localhost.:5052',
  'relay.localhost',
  '127.0.0.1',
  '127.0.0.1:1',
  '192.0.2.7:80',
  '[::1]:5052',
]
const MALFORMED = ['[::1', '::1', '[127.0.0.1]', 'a b', 'user@localhost', 'localhost:port', 'localhost:123456', 'a/b']

for (const host of FOREIGN) {
  test(`Host ${host} is refused without a token and changes nothing`, async (t) => {
    const relay = new RelayDouble(PEER_A)
    const { call } = await startHarness(t, relay.handlers)
    const reply = await call('DELETE', `/peers/${PEER_A}`, { headers: { host } })
    assert.equal(reply.status, 403)
    assert.deepEqual(reply.json(), { error: 'host name not allowed: use an IP address, localhost or an API token' })
    assert.ok(relay.peers.has(PEER_A))
  })

  test(`Host ${host} with a configured token depends on the token alone`, async (t) => {
    const { call } = await startHarness(t, new RelayDouble().handlers, { token: 'secret' })
    assert.equal((await call('GET', '/peers', { headers: { host } })).status, 401)
    const headers = { host, authorization: 'Bearer secret' }
    assert.equal((await call('GET', '/peers', { headers })).status, 200)
  })
}

for (const host of OWN) {
  test(`Host ${host} is let in`, async (t) => {
    const { call } = await startHarness(t, new RelayDouble().handlers)
    assert.equal((await call('GET', '/peers', { headers: { host } })).status, 200)
  })
}

for (const host of MALFORMED) {
  test(`Host "${host}" is malformed, token or not`, async (t) => {
    for (const options of [{}, { token: 'secret' }]) {
      const { call } = await startHarness(t, new RelayDouble().handlers, options)
      const reply = await call('GET', '/eth/v1/node/health', { headers: { host } })
      assert.equal(reply.status, 400)
      assert.deepEqual(reply.json(), { code: 400, message: 'missing or malformed Host header' })
    }
  })
}

test('no Host header, an empty one, or two of them, is 400', async (t) => {
  const { raw } = await startHarness(t, new RelayDouble().handlers)
  for (const hosts of ['', 'Host:\r\n', 'Host: localhost\r\nHost: evil.example\r\n']) {
    const reply = await raw(`GET /peers HTTP/1.1\r\n${hosts}Connection: close\r\n\r\n`)
    assert.match(reply, /^HTTP\/1\.1 400 /)
    assert.match(reply, /\{"error":"missing or malformed Host header"\}$/)
  }
})

test('HTTP/1.0 with a Host header is served', async (t) => {
  const { raw } = await startHarness(t, new RelayDouble().handlers)
  const reply = await raw('GET /peers HTTP/1.0\r\nHost: localhost\r\n\r\n')
  assert.match(reply, /^HTTP\/1\.1 200 OK\r\n/)
  assert.match(reply, /\r\n\r\n\[\]$/)
})
