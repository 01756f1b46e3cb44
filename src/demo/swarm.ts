/**
 * The swarm: peers that know only the relay, so that whatever one of them gets from another, the relay has forwarded.
 * Every message is published by two peers at once, so that the relay meets duplicates and first senders.
 */
import { BitArray } from '@chainsafe/ssz'
import { ATTESTATION_SUBNET_COUNT, SYNC_COMMITTEE_SUBNET_COUNT } from '@lodestar/params'
import { formatTopic, parseTopic } from '../consensus/topic.ts'
import type { GossipKind } from '../consensus/topic-table.ts'
import type { Clock } from '../shared/clock.ts'
import { fromHex } from '../shared/hex.ts'
import type { ChainHead } from './chain.ts'
import { DeliveryTally } from './delivery-tally.ts'
import type { LocalPeer } from './reqresp.ts'
import { SwarmPeer } from './swarm-peer.ts'

/** Agents of the swarm's peers, one each. */
const PEER_NAMES = ['wren', 'robin', 'finch', 'heron', 'swift', 'plover', 'dunlin', 'siskin'] as const
const PUBLISHERS_PER_MESSAGE = 2
/** CUSTODY_REQUIREMENT (specs/fulu/das-core.md). */
const CUSTODY_GROUP_COUNT = 4

export interface SwarmDeps {
  readonly clock: Clock
  /** The network's one digest, eight lower-case hex digits. */
  readonly digestHex: string
  readonly head: () => ChainHead
}

function localPeer({ digestHex, head }: SwarmDeps): LocalPeer {
  const forkDigest = fromHex(digestHex, 4)
  return {
    status: () => ({
      forkDigest,
      // Nothing is ever justified in the demo: see DemoChain.attestationData.
      finalizedRoot: new Uint8Array(32),
      finalizedEpoch: 0,
      headRoot: head().root,
      headSlot: head().slot,
      earliestAvailableSlot: 0,
    }),
    metadata: () => ({
      seqNumber: 1n,
      attnets: BitArray.fromBitLen(ATTESTATION_SUBNET_COUNT),
      syncnets: BitArray.fromBitLen(SYNC_COMMITTEE_SUBNET_COUNT),
      custodyGroupCount: CUSTODY_GROUP_COUNT,
    }),
  }
}

export class Swarm {
  readonly tally = new DeliveryTally()
  readonly #digestHex: string
  readonly #peers: SwarmPeer[] = []
  #nextPublisher = 0

  private constructor(deps: SwarmDeps) {
    this.#digestHex = deps.digestHex
  }

  /**
   * Starts all peers, without any connection.
   * @throws what kept a peer from starting, after stopping the others
   */
  static async start(deps: SwarmDeps): Promise<Swarm> {
    const swarm = new Swarm(deps)
    const local = localPeer(deps)
    const onMessage = (): void => swarm.tally.delivered()
    try {
      for (const name of PEER_NAMES) {
        const agentVersion = `starling-demo/${name}`
        swarm.#peers.push(await SwarmPeer.start({ clock: deps.clock, agentVersion, local, onMessage }))
      }
    } catch (cause) {
      await swarm.stop()
      throw cause
    }
    return swarm
  }

  /** Lets all peers connect, and stay connected, to the relay at a multiaddr with its peer id. */
  join(relayAddress: string): void {
    for (const peer of this.#peers) peer.keepConnected(relayAddress)
  }

  get connectedPeers(): number {
    return this.#peers.filter((peer) => peer.isConnected).length
  }

  /** Subnets of `kind` that the relay is subscribed to, in ascending order. */
  subnets(kind: GossipKind): readonly number[] {
    const peer = this.#peers.find(({ isConnected }) => isConnected)
    const parsed = (peer?.topics() ?? []).map(parseTopic)
    return parsed
      .flatMap((topic) => (topic?.spec.kind === kind && topic.index !== undefined ? [topic.index] : []))
      .sort((a, b) => a - b)
  }

  /** Publishes an object on the topic `name`; without connected peers it is lost, and not counted. */
  async publish(name: string, ssz: Uint8Array): Promise<void> {
    const topic = formatTopic(this.#digestHex, name)
    const connected = this.#peers.filter(({ isConnected }) => isConnected)
    const publishers = this.#publishers(connected)
    const sent = await Promise.all(publishers.map((peer) => peer.publish(topic, ssz)))
    if (!sent.includes(true)) return
    this.tally.published(connected.length - publishers.length)
  }

  /** Stops all peers. Idempotent. */
  async stop(): Promise<void> {
    await Promise.all(this.#peers.map((peer) => peer.stop()))
  }

  /** The next peers in turn, pairs changing from round to round. */
  #publishers(connected: readonly SwarmPeer[]): readonly SwarmPeer[] {
    const turn = this.#nextPublisher++
    const count = connected.length
    if (count <= PUBLISHERS_PER_MESSAGE) return connected.slice(0, 1)
    const distance = 1 + (Math.floor(turn / count) % (count - 1))
    return [turn, turn + distance].flatMap((index) => connected[index % count] ?? [])
  }
}
