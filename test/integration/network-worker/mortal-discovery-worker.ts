/** The discovery worker as it is, that dies of an error nobody catches, or loops without end, when it is told so. */
import '../../../src/discovery-worker/main.ts'

const orders = new BroadcastChannel('mortal-discovery-worker')
orders.onmessage = ({ data }: { readonly data?: unknown }) => {
  while (data === 'hang');
  throw new Error('told to die')
}
// Node's own has it, the DOM's type has not.
if ('unref' in orders && typeof orders.unref === 'function') orders.unref()
