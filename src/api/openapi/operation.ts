/** What the document says about one method of one path, and what every such operation may answer beside its own. */
import { z } from 'zod'
import { ERROR_STATUS, type ErrorCode } from '../../shared/errors.ts'

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'

/** A status, or all those of one hundred: what a health check answers is its caller's to choose. */
export type StatusKey = `${number}` | `${1 | 2 | 3 | 4 | 5}XX`

export interface Reply {
  readonly description: string
  /** Undefined for an answer without a body. */
  readonly body?: z.ZodType
  /** Of the body; JSON unless said. */
  readonly contentType?: string
}

export interface QueryParameter {
  readonly schema: z.ZodType
  readonly description: string
  readonly isRequired?: true
}

export interface Operation {
  readonly method: Method
  /** As OpenAPI writes it: `/peers/{peer_id}`. */
  readonly path: string
  /** Distinct: names of generated clients' functions. */
  readonly id: string
  readonly tag: string
  readonly summary: string
  readonly pathParameters?: Readonly<Record<string, z.ZodType>>
  readonly query?: Readonly<Record<string, QueryParameter>>
  readonly body?: z.ZodType
  /** When all is well; numbers and `1XX` to `5XX`. */
  readonly replies: Readonly<Partial<Record<StatusKey, Reply>>>
  /** Failures of its own. */
  readonly errors?: readonly ErrorCode[]
  /** Answered by the main thread alone, without the network worker. */
  readonly isLocal?: true
  /** Open without a token and answered whatever the Accept header says. */
  readonly isHealthCheck?: true
  /** Served only where the API has the metrics. */
  readonly isOfMetrics?: true
}

/** Content type of every reply but those that say theirs. */
export const JSON_TYPE = 'application/json'

/** Shown on the relay's own paths. */
export const ownProblem = z.strictObject({ error: z.string() }).meta({ id: 'Problem' })
/** The same of a GRAFT that came too early. */
const backoffProblem = z
  .strictObject({ error: z.string(), retry_after_ms: z.number().min(0).exactOptional() })
  .meta({ id: 'BackoffProblem' })

/** Answered by the HTTP server itself, which has then not read the request to its end. */
const headTooLarge: Reply = { description: 'Request line and headers above 16 KiB' }

/**
 * INTERNAL stands at every operation. It is the answer when the disk takes no writes, which a test brings about, and to
 * a fault of ours, which for a read is the only cause: nothing a caller sends leads there, and clients should be ready.
 */
function commonErrors({ method, path, isLocal, isHealthCheck }: Operation): readonly ErrorCode[] {
  const always: readonly ErrorCode[] = ['BAD_REQUEST', 'FORBIDDEN_HOST', 'INTERNAL']
  const token: readonly ErrorCode[] = isHealthCheck ? [] : ['UNAUTHORIZED']
  const worker: readonly ErrorCode[] = isLocal ? [] : ['NOT_READY', 'RPC_CLOSED', 'RPC_TIMEOUT']
  const write: readonly ErrorCode[] =
    method === 'get' ? [] : ['FORBIDDEN_ORIGIN', 'UNSUPPORTED_MEDIA_TYPE', 'BODY_TOO_LARGE']
  const accept: readonly ErrorCode[] =
    path.startsWith('/eth/') && method === 'get' && !isHealthCheck ? ['NOT_ACCEPTABLE'] : []
  return [...always, ...token, ...worker, ...write, ...accept]
}

/** Every failure that the operation can answer, by status. */
export function errorsByStatus(operation: Operation): ReadonlyMap<number, readonly ErrorCode[]> {
  const byStatus = new Map<number, ErrorCode[]>()
  for (const code of new Set([...commonErrors(operation), ...(operation.errors ?? [])])) {
    const status = ERROR_STATUS[code]
    byStatus.set(status, [...(byStatus.get(status) ?? []), code])
  }
  return byStatus
}

function problem(path: string, status: number, codes: readonly ErrorCode[]): z.ZodType {
  if (path.startsWith('/eth/')) return z.strictObject({ code: z.literal(status), message: z.string() })
  return codes.includes('PEER_IN_BACKOFF') ? backoffProblem : ownProblem
}

/** How the document writes all statuses of a status's hundred. */
function hundred(status: number): string {
  return `${Math.floor(status / 100)}XX`
}

/** Every reply the operation can give, by status: its own, and its failures in the shape of its path. */
export function repliesOf(operation: Operation): Readonly<Partial<Record<string, Reply>>> {
  const replies: Partial<Record<string, Reply>> = { ...operation.replies }
  for (const [status, codes] of errorsByStatus(operation)) {
    const own = replies[status] ?? replies[hundred(status)]
    const body = problem(operation.path, status, codes)
    const description = codes.join(', ')
    replies[status] =
      own?.body === undefined
        ? { description, body }
        : { description: `${own.description}; or ${description}`, body: z.union([own.body, body]) }
  }
  if (!operation.isHealthCheck) replies[431] = headTooLarge
  return replies
}

/** What the document says about a reply of that status; undefined when it says nothing. */
export function replyOf(operation: Operation, status: number): Reply | undefined {
  const replies = repliesOf(operation)
  return replies[String(status)] ?? replies[hundred(status)]
}
