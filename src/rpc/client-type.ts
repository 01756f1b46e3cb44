/** The caller's view of a contract: every method becomes asynchronous, whatever the handler returns. */
export type Client<C> = {
  readonly [M in keyof C]: C[M] extends (...args: infer A) => infer R ? (...args: A) => Promise<Awaited<R>> : never
}
