import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { openApiDocument } from '../../../../src/api/openapi/document.ts'
import { viewSchema } from '../../../../src/api/openapi/view-schema.ts'
import type { FirstBlockSenderView } from '../../../../src/rpc/block-views.ts'
import type { NodePeerView } from '../../../../src/rpc/peer-views.ts'

interface OperationObject {
  readonly parameters: readonly { readonly name: string; readonly schema: Readonly<Record<string, unknown>> }[]
  readonly requestBody?: { readonly content: { readonly 'application/json': { readonly schema: unknown } } }
  readonly responses: Readonly<Record<string, unknown>>
}

const document = openApiDocument({ hasMetrics: true })
const paths = document['paths'] as Readonly<Record<string, Readonly<Record<string, OperationObject>>>>

function operation(method: string, path: string): OperationObject {
  const found = paths[path]?.[method]
  assert.ok(found, `${method} ${path}`)
  return found
}

function bodyOf(method: string, path: string): unknown {
  return operation(method, path).requestBody?.content['application/json'].schema
}

test('the document is plain JSON, and whatever it refers to is in it', () => {
  const text = JSON.stringify(document)
  assert.deepEqual(JSON.parse(text), document)
  const references = new Set([...text.matchAll(/"\$ref":"([^"]*)"/g)].map(([, target = '']) => target))
  assert.ok(references.size > 10)
  const { schemas } = document['components'] as { readonly schemas: Readonly<Record<string, unknown>> }
  for (const target of references) {
    assert.ok(target.startsWith('#/components/schemas/'), target)
    assert.ok(Object.hasOwn(schemas, target.slice('#/components/schemas/'.length)), target)
  }
  assert.doesNotMatch(text, /\$defs|\$schema/)
})

test('every parameter, body and reply has a schema that says something', () => {
  const isEmpty = (schema: unknown): boolean => JSON.stringify(schema) === '{}'
  for (const [path, methods] of Object.entries(paths)) {
    for (const [method, { parameters, requestBody }] of Object.entries(methods)) {
      for (const { name, schema } of parameters) assert.ok(!isEmpty(schema), `${method} ${path} ${name}`)
      if (requestBody !== undefined) assert.ok(!isEmpty(bodyOf(method, path)), `${method} ${path}`)
    }
  }
  assert.doesNotMatch(JSON.stringify(document), /"schema":\{\}/)
})

test('bodies say what the routes check: ranges, counts, exactly one of two', () => {
  assert.deepEqual((bodyOf('patch', '/config') as { properties: Record<string, unknown> }).properties['target_peers'], {
    type: 'integer',
    minimum: 0,
    maximum: 1000,
  })
  assert.equal((bodyOf('patch', '/config') as { minProperties: number }).minProperties, 1)
  assert.deepEqual((bodyOf('post', '/peers') as { oneOf: unknown }).oneOf, [
    { required: ['enr'] },
    { required: ['multiaddr'] },
  ])
  const lists = bodyOf('put', '/access') as {
    properties: { banned_peers: { maxItems: number; items: { type: string } } }
  }
  assert.equal(lists.properties.banned_peers.maxItems, 16_384)
  assert.equal(lists.properties.banned_peers.items.type, 'string')
})

test('replies are listed by the statuses of the failures that an operation has', () => {
  const statuses = (method: string, path: string): string[] => Object.keys(operation(method, path).responses).sort()
  assert.deepEqual(statuses('get', '/peers/{peer_id}'), ['200', '400', '401', '403', '404', '431', '500', '503', '504'])
  assert.ok(statuses('get', '/eth/v1/node/peers').includes('406'))
  assert.ok(statuses('post', '/peers').includes('429'))
  assert.ok(!statuses('get', '/eth/v1/node/health').includes('401'))
})

test('the metrics are text, and in the document only where they are served', () => {
  const { responses } = operation('get', '/metrics')
  assert.deepEqual(Object.keys(responses).sort(), ['200', '400', '401', '403', '431', '500'])
  const { content } = responses['200'] as { readonly content: Readonly<Record<string, unknown>> }
  assert.deepEqual(content, {
    'text/plain; version=0.0.4; charset=utf-8': { schema: { type: 'string', minLength: 1 } },
  })
  const without = openApiDocument({ hasMetrics: false })['paths'] as object
  assert.deepEqual(
    Object.keys(paths).filter((path) => !Object.hasOwn(without, path)),
    ['/metrics'],
  )
})

test('a schema whose type is not the view does not compile', () => {
  const exact = viewSchema<FirstBlockSenderView>()('TestExact', z.strictObject({ peer_id: z.string(), count: z.int() }))
  assert.equal(exact.safeParse({ peer_id: 'a', count: 1, more: 1 }).success, false)
  // @ts-expect-error: `count` is missing
  viewSchema<FirstBlockSenderView>()('TestMissing', z.strictObject({ peer_id: z.string() }))
  const more = z.strictObject({ peer_id: z.string(), count: z.int(), more: z.string().exactOptional() })
  // @ts-expect-error: `more` is not in the view
  viewSchema<FirstBlockSenderView>()('TestMore', more)
  const loose = z.strictObject({ peer_id: z.string(), count: z.int().optional() })
  // @ts-expect-error: `count` is not optional in the view
  viewSchema<FirstBlockSenderView>()('TestLoose', loose)
  // @ts-expect-error: a word that the view does not have
  viewSchema<NodePeerView['state']>()('TestWord', z.enum(['connected', 'gone']))
})
