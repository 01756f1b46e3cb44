/**
 * Stands in for network-node.ts under the real worker shell: a node without a network that fails on command. What to
 * do at start is the first of `config.peers`; what to do later is the id asked for with `getPeer`. Asked for the mesh,
 * it throws.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { NetworkNodeDeps } from '../../../src/network-worker/assembly/parts.ts'
import type { NetworkNode } from '../../../src/network-worker/network-node.ts'
import type { Control } from '../../../src/rpc/contract.ts'
import type { Handlers } from '../../../src/rpc/server.ts'
import { RelayError } from '../../../src/shared/errors.ts'
import { HEALTH, INFO, pulse } from './sample-views.ts'

const never = <T>(): Promise<T> => new Promise<T>(() => {})

let stop = async (): Promise<void> => {}

const COMMANDS: Readonly<Record<string, () => unknown>> = {
  hang: () => never(),
  throw: () =>
    void setImmediate(() => {
      throw new Error('told to throw')
    }),
  reject: () => void Promise.reject(new Error('told to reject')),
  exit: () => process.exit(5),
  spin: () => {
    const end = performance.now() + 2_500
    while (performance.now() < end);
  },
  'spin in stop': () => {
    stop = async () => COMMANDS['spin']?.() as undefined
  },
  'stop slowly': () => {
    stop = () => delay(1_500)
  },
  'hang in stop': () => {
    stop = never
  },
}

function start(scenario: string | undefined): Promise<void> {
  if (scenario === 'spin') COMMANDS['spin']?.()
  if (scenario === 'fail') throw new RelayError('INTERNAL', 'address in use')
  if (scenario === 'throw elsewhere') {
    setImmediate(() => {
      throw new Error('broke while starting')
    })
    return never()
  }
  return Promise.resolve()
}

export async function startNetworkNode({ config, emit }: NetworkNodeDeps): Promise<NetworkNode> {
  await start(config.peers[0])
  emit('listening', { info: INFO })
  if (config.peers[0] === 'hang') await delay(2_500)
  const control: Partial<Handlers<Control>> = {
    getNodeInfo: () => INFO,
    getHealth: () => HEALTH,
    listMesh: () => {
      COMMANDS['throw']?.()
      return []
    },
    resolvePeer: () => {
      throw new RelayError('BAD_MULTIADDR', 'no peer id')
    },
    getPeer: (id) => {
      const run = COMMANDS[id]
      if (run === undefined) throw new RelayError('PEER_NOT_FOUND', 'peer not found', { peer_id: id })
      return run() as never
    },
  }
  return {
    control: control as Handlers<Control>,
    stop: async () => {
      await stop()
      emit('pulse', pulse(99)) // proves that events of the stop still arrive
    },
  }
}
