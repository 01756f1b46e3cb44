import assert from 'node:assert/strict'
import { isIP } from 'node:net'
import { test } from 'node:test'
import fc from 'fast-check'
import { isRebindingSafe, parseHost } from '../../../src/api/host-check.ts'

test('parseHost finds addresses and names, with and without a port', () => {
  fc.assert(
    fc.property(fc.ipV4(), fc.ipV6(), fc.domain(), fc.option(fc.nat(65_535)), (v4, v6, name, port) => {
      const suffix = port === null ? '' : `:${port}`
      assert.equal(parseHost(`${v4}${suffix}`), v4)
      assert.equal(parseHost(`[${v6}]${suffix}`), v6.toLowerCase())
      assert.equal(parseHost(`${name}.${suffix}`), name.toLowerCase())
    }),
  )
})

test('parseHost answers a lower-case name or address for any text, or undefined', () => {
  const noisy = fc.string({ unit: fc.constantFrom(...'aZ0.-_:[]@/ %\n\0é') })
  fc.assert(
    fc.property(fc.oneof(fc.string(), noisy), (header) => {
      const host = parseHost(header)
      assert.ok(host === undefined || isIP(host) === 6 || /^[a-z0-9._-]*$/.test(host))
    }),
    { numRuns: 1_000 },
  )
})

test('no registrable domain is safe unless the API was told to bind it', () => {
  fc.assert(
    fc.property(fc.domain(), (name) => {
      assert.equal(isRebindingSafe(name.toLowerCase(), '127.0.0.1'), false)
      assert.equal(isRebindingSafe(name.toLowerCase(), name), true)
    }),
  )
})

test('addresses, localhost and names below it are safe; look-alikes are not', () => {
  for (const host of ['127.0.0.1', '10.0.0.1', '::1', 'localhost', 'a.localhost']) {
    assert.equal(isRebindingSafe(host, '127.0.0.1'), true, host)
  }
  for (const host of ['', 'notlocalhost', 'localhost.example', '127.1', '0x7f.0.0.1', '017700000001']) {
    assert.equal(isRebindingSafe(host, '127.0.0.1'), false, host)
  }
})
