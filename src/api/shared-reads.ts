/**
 * Keeps polling off the network thread: reads that are asked for while the same read waits for its answer share it, so
 * that any number of dashboards costs one call at a time. A write's reply parts the reads: one that starts after it
 * never joins a call that was sent before it, so whoever wrote reads what was written.
 */
import type { DirectControl, Operator } from './operator.ts'

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

/** The worker and the operator as the routes see them. */
export interface SharedReads {
  readonly control: DirectControl
  readonly operator: Operator
}

/**
 * `control` with shared reads. Writes, an operator's too, pass through; when one ends, well or not, the reads are parted.
 */
export function shareReads(control: DirectControl, operator: Operator): SharedReads {
  const health = new SharedRead(() => control.getHealth())
  const nodeInfo = new SharedRead(() => control.getNodeInfo())
  const peers = new SharedRead(() => control.listPeers())
  const peer = new SharedRead((peerId) => control.getPeer(peerId))
  const mesh = new SharedRead(() => control.listMesh())
  const explicit = new SharedRead(() => control.listExplicitPeers())
  const config = new SharedRead(() => control.getConfig())
  const reads = [health, nodeInfo, peers, peer, mesh, explicit, config]
  const write = <T>(call: Promise<T>): Promise<T> =>
    call.finally(() => {
      for (const read of reads) read.part()
    })
  return {
    control: {
      getHealth: () => health.read(),
      getNodeInfo: () => nodeInfo.read(),
      listPeers: () => peers.read(),
      getPeer: (peerId) => peer.read(peerId),
      listMesh: () => mesh.read(),
      listExplicitPeers: () => explicit.read(),
      getConfig: () => config.read(),
      connectPeer: (target) => write(control.connectPeer(target)),
      disconnectPeer: (peerId) => write(control.disconnectPeer(peerId)),
      graft: (topic, peerId) => write(control.graft(topic, peerId)),
      prune: (topic, peerId) => write(control.prune(topic, peerId)),
    },
    operator: {
      patchConfig: (patch) => write(operator.patchConfig(patch)),
      addExplicitPeer: (peerId) => write(operator.addExplicitPeer(peerId)),
      removeExplicitPeer: (peerId) => write(operator.removeExplicitPeer(peerId)),
    },
  }
}
