/** The real shell of the network worker, src/network-worker/main.ts, around faulty-node.ts. */
import { registerHooks } from 'node:module'

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === './network-node.ts'
      ? { url: new URL('./faulty-node.ts', import.meta.url).href, shortCircuit: true }
      : next(specifier, context),
})
await import('../../../src/network-worker/main.ts')
