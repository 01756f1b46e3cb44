/** One beacon node of Prysm: its HTTP API, its log, and what it says over gRPC of its peers. */
import type { NetworkConfig } from '../../src/consensus/network-config.ts'
import type { PairNode } from './node-pair.ts'
import { listPrysmPeers } from './prysm-debug.ts'
import { arrivalIn, complaintIn, readLog } from './prysm-log.ts'

const REQUEST_TIMEOUT_MS = 5_000

export interface PrysmNodeOptions {
  readonly name: string
  readonly peerId: string
  readonly address: string
  readonly httpPort: number
  readonly grpcPort: number
  readonly logPath: string
  readonly network: NetworkConfig
}

interface HeaderAnswer {
  readonly data: { readonly root: string; readonly header: { readonly message: { readonly slot: string } } }
}

interface DutiesAnswer {
  readonly data: readonly { readonly slot: string; readonly validator_index: string }[]
}

export class PrysmNode implements PairNode {
  readonly name: string
  readonly peerId: string
  readonly address: string
  readonly #options: PrysmNodeOptions

  constructor(options: PrysmNodeOptions) {
    this.name = options.name
    this.peerId = options.peerId
    this.address = options.address
    this.#options = options
  }

  async head(): Promise<{ readonly slot: number; readonly rootHex: string } | undefined> {
    const header = await this.#json<HeaderAnswer>('/eth/v1/beacon/headers/head')
    if (header === undefined) return undefined
    const { root } = header.data
    return { slot: Number(header.data.header.message.slot), rootHex: root.replace(/^0x/, '') }
  }

  async blockRoot(slot: number): Promise<string | undefined> {
    const header = await this.#json<HeaderAnswer>(`/eth/v1/beacon/headers/${slot}`)
    return header?.data.root.replace(/^0x/, '')
  }

  async block(slot: number): Promise<Uint8Array | undefined> {
    const response = await this.#get(`/eth/v2/beacon/blocks/${slot}`, 'application/octet-stream')
    return response === undefined ? undefined : new Uint8Array(await response.arrayBuffer())
  }

  /** Slots and their proposers. */
  async proposers(epoch: number): Promise<ReadonlyMap<number, number>> {
    const answer = await this.#json<DutiesAnswer>(`/eth/v1/validator/duties/proposer/${epoch}`)
    return new Map(answer?.data.map(({ slot, validator_index }) => [Number(slot), Number(validator_index)]))
  }

  async receivedAtMs(slot: number): Promise<number | undefined> {
    const { network, logPath } = this.#options
    const arrivals = await readLog(logPath, arrivalIn)
    const msIntoSlot = arrivals.find((arrival) => arrival.slot === slot)?.msIntoSlot
    if (msIntoSlot === undefined) return undefined
    return network.genesisTimeSeconds * 1000 + slot * network.slotDurationMs + msIntoSlot
  }

  async complaints(peerId: string): Promise<readonly string[]> {
    const { logPath, grpcPort } = this.#options
    const logged = await readLog(logPath, (line) => complaintIn(line, peerId))
    const peer = (await listPrysmPeers(grpcPort)).find((known) => known.peerId === peerId)
    if (peer === undefined) return [...logged, 'it knows no such peer']
    const { isConnected, faults, gossipScore, behaviourPenalty, invalidDeliveries } = peer
    return [
      ...logged,
      ...(isConnected ? [] : ['it is not connected']),
      ...(faults > 0 ? [`${faults} bad responses`] : []),
      ...(gossipScore < 0 ? [`gossip score ${gossipScore.toFixed(1)}`] : []),
      ...(behaviourPenalty > 0 ? [`behaviour penalty ${behaviourPenalty.toFixed(1)}`] : []),
      ...Object.entries(invalidDeliveries).map(([topic, count]) => `${count.toFixed(1)} invalid messages of ${topic}`),
    ]
  }

  async #json<Body>(path: string): Promise<Body | undefined> {
    const response = await this.#get(path, 'application/json')
    return response === undefined ? undefined : ((await response.json()) as Body)
  }

  /** Undefined for 404. */
  async #get(path: string, accept: string): Promise<Response | undefined> {
    const response = await fetch(`http://127.0.0.1:${this.#options.httpPort}${path}`, {
      headers: { accept },
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    })
    if (response.status === 404) return undefined
    if (!response.ok) throw new Error(`${this.name}: GET ${path}: ${response.status} ${await response.text()}`)
    return response
  }
}
