/**
 * Keeps polling off the network thread: reads that are asked for while the same read waits for its answer share it, so
 * that any number of dashboards costs one call at a time. A write's reply parts the reads: one that starts after it
 * never joins a call that was sent before it, so whoever wrote reads what was written.
 */
import type { Client } from '../rpc/client-type.ts'
import type { Control } from '../rpc/contract.ts'

/**
 * Calls of one kind that can be shared at once; above it each read is a call of its own. The reads without an argument
 * need one place; this bounds those of single peers, where a dashboard has a handful open.
 */
const MAX_SHARED = 64

class SharedRead<T> {
  readonly #send: (key: string) => Promise<T>
  readonly #inFlight = new Map<string, Promise<T>>()

  constructor(send: (key: string) => Promise<T>) {
    this.#send = send
  }

  read(key = ''): Promise<T> {
    const sent = this.#inFlight.get(key)
    if (sent !== undefined) return sent
    const call = this.#send(key)
    if (this.#inFlight.size >= MAX_SHARED) return call
    this.#inFlight.set(key, call)
    const forget = (): void => {
      if (this.#inFlight.get(key) === call) this.#inFlight.delete(key)
    }
    call.then(forget, forget)
    return call
  }

  /** Later reads do not join what was sent until now. */
  part(): void {
    this.#inFlight.clear()
  }
}

/** `control` with shared reads. Writes pass through; when one ends, well or not, the reads are parted. */
export function shareReads(control: Client<Control>): Client<Control> {
  const health = new SharedRead(() => control.getHealth())
  const nodeInfo = new SharedRead(() => control.getNodeInfo())
  const peers = new SharedRead(() => control.listPeers())
  const peer = new SharedRead((peerId) => control.getPeer(peerId))
  const mesh = new SharedRead(() => control.listMesh())
  const config = new SharedRead(() => control.getConfig())
  const reads = [health, nodeInfo, peers, peer, mesh, config]
  const write = <T>(call: Promise<T>): Promise<T> =>
    call.finally(() => {
      for (const read of reads) read.part()
    })
  return {
    getHealth: () => health.read(),
    getNodeInfo: () => nodeInfo.read(),
    listPeers: () => peers.read(),
    getPeer: (peerId) => peer.read(peerId),
    listMesh: () => mesh.read(),
    getConfig: () => config.read(),
    connectPeer: (target) => write(control.connectPeer(target)),
    disconnectPeer: (peerId) => write(control.disconnectPeer(peerId)),
  }
}
