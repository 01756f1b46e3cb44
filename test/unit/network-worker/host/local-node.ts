/** A node's record with its topics, clock and log, but without libp2p: the ports it listens on are said here. */
import { privateKeyFromRaw } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import pino from 'pino'
import type { RelayConfig } from '../../../../src/config/schema.ts'
import { createChain } from '../../../../src/network-worker/chain/chain.ts'
import { wantedTopics } from '../../../../src/network-worker/gossip/topics/own-subnets.ts'
import { Subscriptions } from '../../../../src/network-worker/gossip/topics/subscriptions.ts'
import { TopicDirectory } from '../../../../src/network-worker/gossip/topics/topic-directory.ts'
import { endpointAddresses } from '../../../../src/network-worker/host/addresses.ts'
import { listenEndpoints } from '../../../../src/network-worker/host/endpoints.ts'
import { LocalEnr } from '../../../../src/network-worker/host/local-enr.ts'
import { MetadataState } from '../../../../src/network-worker/host/local-metadata.ts'
import { LocalNodeInfo } from '../../../../src/network-worker/host/local-node-info.ts'
import { FakeClock } from '../../../support/fake-clock.ts'
import { relayConfig } from '../../../support/relay-config.ts'

export const KEY = new Uint8Array(32).fill(7)

export interface LocalNode {
  readonly info: LocalNodeInfo
  readonly peerId: string
  /** Each record as discovery was told of it. */
  readonly told: readonly string[]
  readonly log: readonly Readonly<Record<string, unknown>>[]
  /** Joins the topics of the epoch, from now on with the clock. */
  start(): void
}

/** Ports are 9000 and 9001 unless set. */
export function localNode(dataDir: string, overrides: Partial<RelayConfig>, clock = new FakeClock()): LocalNode {
  const config = relayConfig(dataDir, { port: 9000, quicPort: 9001, ...overrides })
  const chain = createChain(config.network, clock)
  const directory = new TopicDirectory()
  const enr = new LocalEnr(dataDir, KEY, clock.nowMs())
  const lines: Record<string, unknown>[] = []
  const log = pino({ base: null }, { write: (line: string) => void lines.push(JSON.parse(line)) })
  const told: string[] = []
  const peerId = peerIdFromPrivateKey(privateKeyFromRaw(KEY))
  const bound = listenEndpoints(config).flatMap(endpointAddresses)
  const info = new LocalNodeInfo({
    config,
    host: { peerId, getMultiaddrs: () => bound.map((text) => multiaddr(text)) },
    enr,
    metadata: new MetadataState(),
    chain,
    directory,
    log,
    onRecord: (text) => void told.push(text),
  })
  const subscriptions = new Subscriptions({
    preset: 'mainnet',
    schedule: chain.schedule,
    slotClock: chain.slotClock,
    clock,
    log: pino({ level: 'silent' }),
    directory,
    subscriber: { join: () => undefined, leave: () => undefined },
    wantedAt: (epoch) => wantedTopics(config, enr.nodeId, epoch),
    policyOf: () => 'blind',
    onEpoch: () => info.refresh(),
  })
  return { info, peerId: peerId.toString(), told, log: lines, start: () => subscriptions.start() }
}
