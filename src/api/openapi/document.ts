/** The OpenAPI 3.1 document, made of the table of operations and of the schemas the routes validate with. */
import { VERSION } from '../../shared/version.ts'
import { type JsonSchema, jsonSchema } from '../schemas/json-schema.ts'
import { accessOperations } from './access-operations.ts'
import { eventOperations } from './event-operations.ts'
import { JSON_TYPE, type Operation, type Reply, repliesOf } from './operation.ts'
import { ownOperations } from './own-operations.ts'
import { standardOperations } from './standard-operations.ts'

/** Every operation of the API, that of the metrics included. HEAD is answered wherever GET is, and OPTIONS everywhere; they are not listed. */
export const operations: readonly Operation[] = [
  ...ownOperations,
  ...accessOperations,
  ...standardOperations,
  ...eventOperations,
]

const LOCAL_PREFIX = '#/$defs/'
const SHARED_PREFIX = '#/components/schemas/'

/** Schemas by name, gathered while the document is built. */
type Components = Map<string, unknown>

/** A copy whose references point at the document's components. */
function relinked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(relinked)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      name === '$ref' && typeof member === 'string' && member.startsWith(LOCAL_PREFIX)
        ? SHARED_PREFIX + member.slice(LOCAL_PREFIX.length)
        : relinked(member),
    ]),
  )
}

/** A schema as it stands in the document; what it names moves to the components. */
function shared({ $defs = {}, ...schema }: JsonSchema, components: Components): unknown {
  for (const [name, definition] of Object.entries($defs as JsonSchema)) components.set(name, relinked(definition))
  return relinked(schema)
}

function parameters({ pathParameters = {}, query = {} }: Operation, components: Components): unknown[] {
  const inPath = Object.entries(pathParameters).map(([name, schema]) => ({
    ...{ name, in: 'path', required: true },
    schema: shared(jsonSchema(schema, 'input'), components),
  }))
  const inQuery = Object.entries(query).map(([name, { schema, description, isRequired = false }]) => ({
    ...{ name, in: 'query', description, required: isRequired },
    schema: shared(jsonSchema(schema, 'input'), components),
  }))
  return [...inPath, ...inQuery]
}

function response({ description, body, contentType = JSON_TYPE }: Reply, components: Components): unknown {
  if (body === undefined) return { description }
  return { description, content: { [contentType]: { schema: shared(jsonSchema(body, 'output'), components) } } }
}

function operationObject(operation: Operation, components: Components): unknown {
  const { id, tag, summary, body, isHealthCheck } = operation
  const replies = Object.entries(repliesOf(operation))
  return {
    operationId: id,
    tags: [tag],
    summary,
    // The health check is open; the others ask for a token when one is set.
    security: isHealthCheck ? [] : [{}, { token: [] }],
    parameters: parameters(operation, components),
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: { [JSON_TYPE]: { schema: shared(jsonSchema(body, 'input'), components) } },
          },
        }),
    responses: Object.fromEntries(
      replies.flatMap(([status, reply]) => (reply === undefined ? [] : [[status, response(reply, components)]])),
    ),
  }
}

/** The operations of an API that serves the metrics, or does not. */
export function servedOperations(hasMetrics: boolean): readonly Operation[] {
  return operations.filter(({ isOfMetrics }) => isOfMetrics !== true || hasMetrics)
}

/** The document as `GET /openapi.json` answers it. */
export function openApiDocument({ hasMetrics }: { readonly hasMetrics: boolean }): Readonly<Record<string, unknown>> {
  const components: Components = new Map()
  const paths: Record<string, Record<string, unknown>> = {}
  for (const operation of servedOperations(hasMetrics)) {
    paths[operation.path] = {
      ...paths[operation.path],
      [operation.method]: operationObject(operation, components),
    }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Starling',
      version: VERSION,
      description: 'Peers, mesh, configuration and statistics of an Ethereum consensus-layer gossip relay.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    paths,
    components: {
      schemas: Object.fromEntries([...components].sort(([a], [b]) => (a < b ? -1 : 1))),
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
    },
  }
}
