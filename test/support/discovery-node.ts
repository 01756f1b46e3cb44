/** Our discovery node on an address of 127.0.0.0/8, in this thread: as the worker runs it, without the worker. */
import { randomBytes } from 'node:crypto'
import pino from 'pino'
import { startDiscoveryNode } from '../../src/discovery-worker/discovery-node.ts'
import type {
  AddressVotedEvent,
  DiscoveryControl,
  DiscoveryEvents,
  DiscoverySettings,
} from '../../src/rpc/discovery-contract.ts'
import type { Handlers } from '../../src/rpc/server.ts'
import { type Clock, systemClock } from '../../src/shared/clock.ts'
import type { NodeRecord } from '../../src/shared/node-record.ts'
import { freeUdpPort, testRecord } from './discv5-node.ts'

export interface LiveDiscovery extends AsyncDisposable {
  readonly control: Handlers<DiscoveryControl>
  readonly settings: DiscoverySettings
  readonly nodeIdHex: string
  readonly address: string
  readonly udpPort: number
  readonly found: readonly NodeRecord[]
  readonly voted: readonly AddressVotedEvent[]
  /** Lines of its log, parsed. */
  readonly logged: readonly Readonly<Record<string, unknown>>[]
  /** The record of this node with one field more, and its sequence number. */
  changedRecord(seq: bigint, key: string, value: Uint8Array): string
}

export interface LiveDiscoveryOptions {
  readonly address?: string
  readonly bootnodes?: readonly string[]
  readonly clock?: Clock
}

/** What a worker of these options is started with. */
export async function discoverySettings(options: LiveDiscoveryOptions = {}): Promise<DiscoverySettings> {
  const { address = '127.0.0.1', bootnodes = [] } = options
  const port = await freeUdpPort(address)
  const privateKey = new Uint8Array(randomBytes(32))
  return {
    binds: [{ address, port }],
    privateKey,
    enr: testRecord({ address, udpPort: port, secretKey: privateKey, tcp: 9000 }).encodeTxt(),
    bootnodes,
    logLevel: 'silent',
    logFormat: 'json',
    logFile: undefined,
  }
}

export async function startDiscovery(options: LiveDiscoveryOptions = {}): Promise<LiveDiscovery> {
  const settings = await discoverySettings(options)
  const [{ address, port } = { address: '', port: 0 }] = settings.binds
  const found: NodeRecord[] = []
  const voted: AddressVotedEvent[] = []
  const logged: Record<string, unknown>[] = []
  const emit = <K extends keyof DiscoveryEvents>(name: K, data: DiscoveryEvents[K]): void => {
    if ('peerId' in data) found.push(data)
    else if ('votes' in data) voted.push(data)
    else throw new Error(`unexpected ${name}`)
  }
  const log = pino({ level: 'info' }, { write: (line: string) => void logged.push(JSON.parse(line)) })
  const node = await startDiscoveryNode({ settings, clock: options.clock ?? systemClock, log, emit })
  const record = testRecord({ address, udpPort: port, secretKey: settings.privateKey, tcp: 9000 })
  return {
    control: node.control,
    settings,
    nodeIdHex: record.nodeId,
    address,
    udpPort: port,
    found,
    voted,
    logged,
    changedRecord: (seq, key, value) => {
      record.set(key, value)
      record.seq = seq
      return record.encodeTxt()
    },
    [Symbol.asyncDispose]: () => node.stop(),
  }
}

/** Looks at random places until `condition` holds. */
export function randomTarget(): string {
  return randomBytes(32).toString('hex')
}
