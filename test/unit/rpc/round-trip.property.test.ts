import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import fc from 'fast-check'
import { createClient } from '../../../src/rpc/client.ts'
import type { Client } from '../../../src/rpc/client-type.ts'
import { serve } from '../../../src/rpc/server.ts'
import { fromWireError, toWireError } from '../../../src/rpc/wire.ts'
import { ERROR_STATUS, type ErrorCode, RelayError } from '../../../src/shared/errors.ts'

interface Echo {
  echo(...args: unknown[]): unknown[]
  fail(code: ErrorCode, message: string, details: Record<string, string | number | boolean | null>): void
}

/** What the contract's views may hold and more: everything that structured clone keeps. */
const cloneable = fc.anything({
  withBigInt: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withTypedArray: true,
  withSparseArray: true,
  withObjectString: false,
  withNullPrototype: false, // a clone has Object.prototype
})
const details = fc.dictionary(
  fc.string().filter((key) => key !== '__proto__'),
  fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null)),
  { noNullPrototype: true },
)
const codes = fc.constantFrom(...(Object.keys(ERROR_STATUS) as ErrorCode[]))

let port: MessagePort
let client: Client<Echo>

before(() => {
  const { port1, port2 } = new MessageChannel()
  serve<Echo>(port2, {
    echo: (...args) => args,
    fail: (code, message, fields) => {
      throw new RelayError(code, message, fields)
    },
  })
  port = port1
  client = createClient<Echo>(port1, { timeoutMs: 5_000 }).client
})
after(() => port.close())

test('arguments and results arrive as structured clone keeps them', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(cloneable, { maxLength: 4 }), async (args) => {
      assert.deepStrictEqual(await client.echo(...args), structuredClone(args))
    }),
    { numRuns: 300 },
  )
})

test('every RelayError arrives whole', async () => {
  await fc.assert(
    fc.asyncProperty(codes, fc.string(), details, async (code, message, fields) => {
      const error = await client.fail(code, message, fields).then(
        () => assert.fail('the call must fail'),
        (cause: unknown) => cause,
      )
      assert.ok(error instanceof RelayError)
      assert.deepEqual([error.code, error.message, error.details], [code, message, fields])
    }),
    { numRuns: 200 },
  )
})

test('whatever is thrown becomes an error that survives a clone', () => {
  fc.assert(
    fc.property(fc.anything({ withNullPrototype: true, withObjectString: true }), (thrown) => {
      const wire = toWireError(thrown)
      assert.deepEqual(structuredClone(wire), wire)
      assert.equal(fromWireError(wire).code, 'INTERNAL')
    }),
  )
})
