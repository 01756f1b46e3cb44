/** The network worker of mortal-worker.ts, loaded no earlier than it is told to. */
const gate = new BroadcastChannel('late-worker')
await new Promise<void>((resolve) => {
  gate.onmessage = () => resolve()
})
gate.close()
await import('./mortal-worker.ts')
