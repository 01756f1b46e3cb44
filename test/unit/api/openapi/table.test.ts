import assert from 'node:assert/strict'
import { test } from 'node:test'
import pino from 'pino'
import { routed } from '../../../../src/api/app.ts'
import type { EventFeed } from '../../../../src/api/event-feed.ts'
import { operations, servedOperations } from '../../../../src/api/openapi/document.ts'
import type { DirectControl, Operator } from '../../../../src/api/operator.ts'
import { CHAIN_FACTS } from '../../../integration/api/standard-double.ts'

/** What Express keeps of a router: layers that are routes, or routers of their own. */
interface Layer {
  readonly route?: { readonly path: string; readonly methods: Readonly<Record<string, boolean>> }
  readonly handle: { readonly stack?: readonly Layer[] }
}

function routesOf(stack: readonly Layer[]): string[] {
  return stack.flatMap(({ route, handle }) => {
    if (route === undefined) return routesOf(handle.stack ?? [])
    const methods = Object.keys(route.methods).filter((name) => name !== '_all')
    return methods.map((method) => `${method} ${route.path.replace(/:(\w+)/g, '{$1}')}`)
  })
}

/** Calls nothing: routes are mounted, never asked. */
const nobody = {} as unknown as DirectControl & Operator & EventFeed

function mounted(hasMetrics: boolean): string[] {
  const app = routed({
    control: nobody,
    operator: nobody,
    events: nobody,
    log: pino({ level: 'silent' }),
    address: '127.0.0.1',
    token: undefined,
    chainFacts: CHAIN_FACTS,
    corsOrigin: [],
    ...(hasMetrics ? { readMetrics: async () => '' } : {}),
  })
  return routesOf((app.router as unknown as { readonly stack: readonly Layer[] }).stack).sort()
}

test('every route that is mounted is an operation of the table, and every operation is mounted', () => {
  for (const hasMetrics of [true, false]) {
    const listed = servedOperations(hasMetrics).map(({ method, path }) => `${method} ${path}`)
    assert.ok(listed.length > 40)
    assert.deepEqual(mounted(hasMetrics), listed.sort())
  }
})

test('each operation has a name of its own and says every parameter of its path', () => {
  assert.equal(new Set(operations.map(({ id }) => id)).size, operations.length)
  for (const { id, path, pathParameters = {} } of operations) {
    const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
    assert.deepEqual(Object.keys(pathParameters), named, id)
  }
})
