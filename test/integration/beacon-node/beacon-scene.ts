import type { ServerResponse } from 'node:http'
import type { TestContext } from 'node:test'
import pino from 'pino'
import { BeaconApi } from '../../../src/beacon-node/beacon-api.ts'
import { BeaconNode } from '../../../src/beacon-node/beacon-node.ts'
import type { NodeFacts } from '../../../src/beacon-node/node-facts.ts'
import type { NetworkConfig } from '../../../src/consensus/network-config.ts'
import { systemClock } from '../../../src/shared/clock.ts'
import { BeaconNodeServer, sendJson } from '../../support/beacon-node-server.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { until } from '../../support/until.ts'
import { smallNetwork } from '../../unit/network-worker/small-network.ts'

export const NETWORK = smallNetwork()
/** When a scene begins. */
export const START_SLOT = 100
export const START_EPOCH = Math.floor(START_SLOT / NETWORK.slotsPerEpoch)

export interface Line {
  readonly level: number
  readonly msg: string
  readonly why?: string
  readonly what?: string
  readonly difference?: string
}

/** A beacon node of `told`, followed by a relay of `network` from slot {@link START_SLOT} on. */
export async function beaconScene(t: TestContext, network: NetworkConfig = NETWORK, told: NetworkConfig = network) {
  const server = await BeaconNodeServer.start(t, told)
  const { slotDurationMs } = network
  const clock = new FakeClock(network.genesisTimeSeconds * 1000 + START_SLOT * slotDurationMs)
  const facts: NodeFacts[] = []
  const lines: Line[] = []
  const log = pino({}, { write: (line: string) => void lines.push(JSON.parse(line)) })
  // On a clock of its own, so that the only timer on the other is the next round's.
  const api = new BeaconApi({ url: server.url, clock: systemClock })
  const node = new BeaconNode({ api, network, clock, log, tell: async (fact) => void facts.push(fact) })
  t.after(() => node.stop())
  const become = (state: string): Promise<void> => until(state, () => node.view().state === state)
  /** Lets one round begin, and waits until the next one is waited for. */
  const round = async (ms = slotDurationMs): Promise<void> => {
    await until('the end of a round', () => clock.pending === 1)
    clock.advance(ms)
    await until('the end of a round', () => clock.pending === 1)
  }
  const start = (): void => {
    node.start()
    clock.advance(0)
  }
  /** Has the node answer a path with a status and nothing to use. */
  const refuse = (path: string, status: number): void => {
    server.instead.set(path, (_, response: ServerResponse) =>
      sendJson(response, { code: status, message: 'no' }, status),
    )
  }
  return { server, clock, facts, lines, node, become, round, start, refuse }
}

/** Hex as it is told on. */
export function bare(text: string): string {
  return text.slice(2)
}
