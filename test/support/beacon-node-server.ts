/**
 * The other side of `--beacon-node`: a real HTTP server that answers the standard's routes in the forms that Lighthouse,
 * Prysm and Lodestar answer them in, for one network, and whatever else a test puts in their place.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import type { NetworkConfig } from '../../src/consensus/network-config.ts'

export type Answerer = (request: IncomingMessage, response: ServerResponse, body: string) => void

export function sendJson(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(value))
}

/** A validator's key: its index in the last bytes. */
export function pubkeyOf(index: number): Buffer {
  const key = Buffer.alloc(48, 0xa0)
  key.writeUInt32BE(index, 44)
  return key
}

export class BeaconNodeServer {
  readonly #network: NetworkConfig
  /** Answered before the standard routes, by path without query. */
  readonly instead = new Map<string, Answerer>()
  /** Paths in the order they were asked for. */
  readonly asked: string[] = []
  /** First index and count of each request for identities. */
  readonly identityRequests: [number, number][] = []
  validators = 64
  headSlot = 100
  finalizedEpoch = 10
  /** Slots without a block. */
  readonly emptySlots = new Set<number>()
  syncing: Record<string, unknown> = { is_syncing: false, sync_distance: '0', is_optimistic: false, el_offline: false }
  spec: Record<string, unknown>
  url = ''
  /** The form identities are answered in. */
  identityType: 'ssz' | 'json' = 'ssz'

  private constructor(network: NetworkConfig) {
    this.#network = network
    this.spec = {
      PRESET_BASE: network.preset ?? 'mainnet',
      SLOTS_PER_EPOCH: String(network.slotsPerEpoch),
      SECONDS_PER_SLOT: String(Math.floor(network.slotDurationMs / 1000)),
      SLOT_DURATION_MS: String(network.slotDurationMs),
      BLOB_SCHEDULE: [],
    }
  }

  static async start(t: TestContext, network: NetworkConfig, port = 0): Promise<BeaconNodeServer> {
    const node = new BeaconNodeServer(network)
    const server = createServer((request, response) => {
      const parts: Buffer[] = []
      request.on('data', (part: Buffer) => parts.push(part))
      request.on('end', () => node.#answer(request, response, Buffer.concat(parts).toString()))
    })
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
    t.after(() => {
      server.closeAllConnections()
      server.close()
    })
    node.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    return node
  }

  countOf(path: string): number {
    return this.asked.filter((one) => one === path).length
  }

  #answer(request: IncomingMessage, response: ServerResponse, body: string): void {
    const path = (request.url ?? '').split('?')[0] ?? ''
    this.asked.push(path)
    const instead = this.instead.get(path)
    if (instead !== undefined) instead(request, response, body)
    else if (path.endsWith('/validator_identities')) this.#identities(response, JSON.parse(body))
    else this.#standard(path, response)
  }

  #standard(path: string, response: ServerResponse): void {
    const data = this.#dataOf(path)
    if (data === undefined) sendJson(response, { code: 404, message: 'NOT_FOUND' }, 404)
    else sendJson(response, { execution_optimistic: false, finalized: false, data })
  }

  #dataOf(path: string): unknown {
    const { slotsPerEpoch, forks, genesisTimeSeconds, genesisValidatorsRootHex } = this.#network
    switch (path) {
      case '/eth/v1/beacon/genesis':
        return {
          genesis_time: String(genesisTimeSeconds),
          genesis_validators_root: `0x${genesisValidatorsRootHex}`,
          genesis_fork_version: `0x${forks[0]?.versionHex}`,
        }
      case '/eth/v1/config/spec':
        return this.spec
      case '/eth/v1/config/fork_schedule':
        return forks.map(({ versionHex, epoch }, index) => ({
          previous_version: `0x${forks[Math.max(0, index - 1)]?.versionHex}`,
          current_version: `0x${versionHex}`,
          epoch: Number.isFinite(epoch) ? String(epoch) : '18446744073709551615',
        }))
      case '/eth/v1/node/syncing':
        return { head_slot: String(this.headSlot), ...this.syncing }
      case '/eth/v1/beacon/states/head/finality_checkpoints': {
        const at = (epoch: number) => ({ epoch: String(epoch), root: rootOf(epoch * slotsPerEpoch) })
        const { finalizedEpoch } = this
        return {
          previous_justified: at(finalizedEpoch),
          current_justified: at(finalizedEpoch + 1),
          finalized: at(finalizedEpoch),
        }
      }
      case '/eth/v1/beacon/headers/head':
        return {
          root: rootOf(this.headSlot),
          canonical: true,
          header: { message: { slot: String(this.headSlot), proposer_index: '1' }, signature: `0x${'00'.repeat(96)}` },
        }
      default:
        return this.#numbered(path)
    }
  }

  #numbered(path: string): unknown {
    const { slotsPerEpoch } = this.#network
    const slot = /^\/eth\/v1\/beacon\/blocks\/(\d+)\/root$/.exec(path)?.[1]
    if (slot !== undefined) return this.emptySlots.has(Number(slot)) ? undefined : { root: rootOf(Number(slot)) }
    const epoch = /^\/eth\/v1\/validator\/duties\/proposer\/(\d+)$/.exec(path)?.[1]
    if (epoch === undefined) return undefined
    return Array.from({ length: slotsPerEpoch }, (_, index) => {
      const at = Number(epoch) * slotsPerEpoch + index
      const validator = at % this.validators
      return {
        pubkey: `0x${pubkeyOf(validator).toString('hex')}`,
        validator_index: String(validator),
        slot: String(at),
      }
    })
  }

  #identities(response: ServerResponse, ids: readonly string[]): void {
    this.identityRequests.push([Number(ids[0]), ids.length])
    // Nodes answer in an order of their own, and leave out whom they do not know.
    const known = ids.map(Number).filter((index) => index < this.validators)
    const order = known.toReversed()
    if (this.identityType === 'json') {
      const data = order.map((index) => ({
        index: String(index),
        pubkey: `0x${pubkeyOf(index).toString('hex')}`,
        activation_epoch: '0',
      }))
      sendJson(response, { execution_optimistic: false, finalized: true, data })
      return
    }
    const rows = order.map((index) => {
      const row = Buffer.alloc(64)
      row.writeBigUInt64LE(BigInt(index), 0)
      pubkeyOf(index).copy(row, 8)
      return row
    })
    response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(Buffer.concat(rows))
  }
}

/** The root of the block at a slot: the slot in its last bytes. */
export function rootOf(slot: number): string {
  return `0x${slot.toString(16).padStart(64, '0')}`
}
