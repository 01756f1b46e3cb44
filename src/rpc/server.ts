import { RelayError } from '../shared/errors.ts'
import { isRequest, type Port, type Request, type Response, toWireError } from './wire.ts'

/** What the serving end implements: each method of the contract, synchronous or not. A missing one does not compile. */
export type Handlers<C> = {
  readonly [M in keyof C]: C[M] extends (...args: infer A) => infer R ? (...args: A) => R | Promise<Awaited<R>> : never
}

/** Told of every handler failure that is no `RelayError`, thus a fault of ours, with the cause the caller does not see. */
export type OnFault = (method: string, cause: unknown) => void

type AnyHandler = (...args: readonly unknown[]) => unknown

async function answer(handlers: object, request: Request, onFault: OnFault | undefined): Promise<Response> {
  const { id, method, args } = request
  try {
    // Own members only: `constructor` and its like are no methods of any contract.
    if (!Object.hasOwn(handlers, method)) throw new RelayError('INTERNAL', `no method ${method}`, { method })
    const handler = (handlers as Readonly<Record<string, AnyHandler>>)[method]
    return { kind: 'ok', id, value: await handler?.(...args) }
  } catch (cause) {
    if (!(cause instanceof RelayError)) onFault?.(method, cause)
    return { kind: 'error', id, error: toWireError(cause) }
  }
}

/**
 * Answers the requests of contract `C` that arrive on `port` until it closes. `handlers` is a plain object whose own
 * members are the methods. Nothing a handler does ends the thread: a throw, an unknown method, or a result that cannot
 * be cloned is answered with an error. Calls run side by side; the client bounds how many.
 */
export function serve<C extends object>(port: Port, handlers: Handlers<C>, onFault?: OnFault): void {
  const respond = async (request: Request): Promise<void> => {
    const response = await answer(handlers, request, onFault)
    try {
      port.postMessage(response)
    } catch (cause) {
      onFault?.(request.method, cause)
      const error = new RelayError('INTERNAL', `the result of ${request.method} cannot be sent`, {
        method: request.method,
      })
      port.postMessage({ kind: 'error', id: request.id, error: toWireError(error) })
    }
  }
  port.on('message', (frame) => {
    if (isRequest(frame)) void respond(frame)
  })
}
